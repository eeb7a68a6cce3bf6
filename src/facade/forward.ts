import type { Context } from "hono";
import type { CinderConfig } from "../config/config.ts";
import { callCinder } from "../http/call_cinder.ts";
import type { AppEnv } from "../http/context.ts";
import { endpoint } from "../http/links.ts";

/** The headers that concern one connection (RFC 9110, 7.6.1), and those that this service answers itself. */
const HOP_BY_HOP = [
  "Connection",
  "Expect",
  "Keep-Alive",
  "Proxy-Authenticate",
  "Proxy-Authorization",
  "Proxy-Connection",
  "TE",
  "Trailer",
  "Transfer-Encoding",
  "Upgrade",
];

/** The largest body that Cinder takes by default, bytes: its `osapi_max_request_body_size`. */
const LARGE = 114_688;
/** The time that a client has to send a larger body, milliseconds. */
const LARGE_BODY_MS = 60_000;

/**
 * Sends a request to the Cinder of its region as it came, and returns the response as it comes. Neither body is read.
 *
 * @throws the faults of `callCinder`
 */
export async function forward(c: Context<AppEnv>, cinder: CinderConfig): Promise<Response> {
  const { method, headers, signal } = c.req.raw;
  const sent = requestHeaders(c, cinder);
  // Neither has a body.
  const from = method === "GET" || method === "HEAD" ? undefined : c.req.raw;
  if (from === undefined) sent.delete("Content-Length");
  const isLarge = headers.has("Transfer-Encoding") || Number(headers.get("Content-Length") ?? 0) > LARGE;
  const timeoutMs = cinder.timeoutMs + (isLarge ? LARGE_BODY_MS : 0);
  const request = { method, headers: sent, from, signal };
  return callCinder({ ...cinder, timeoutMs }, pathOf(c), request, (response) => {
    const { body, status, statusText } = response;
    return new Response(body, { status, statusText, headers: responseHeaders(c, cinder, response) });
  });
}

/** Returns the path and the query of a request as they came, without the region and the path of `CINDER_URL`. */
function pathOf(c: Context<AppEnv>): string {
  const { url } = c.req.raw;
  const [whole = ""] = url.slice(url.indexOf("/", "https://".length)).split("#", 1);
  const segments = c.get("address").prefix.split("/").length - 1;
  const path = whole.replace(new RegExp(`^(/+[^/?]+){${segments}}`), "");
  return path.startsWith("/") ? path : `/${path}`;
}

function requestHeaders(c: Context<AppEnv>, cinder: CinderConfig): Headers {
  const headers = endToEnd(c.req.raw.headers);
  // Cinder writes it into its log.
  headers.set("X-OpenStack-Request-ID", c.get("globalRequestId") ?? c.get("requestId"));
  const token = c.get("sessionToken");
  if (token !== undefined) {
    headers.set("X-Auth-Token", token);
    headers.delete("Cookie");
  }
  // The address of which Cinder makes links. It reads `Forwarded` first.
  const { root, prefix } = c.get("address");
  const [, scheme = "", host = "", path = ""] = /^(\w+):\/\/([^/]*)(.*)$/.exec(root) ?? [];
  headers.set("Host", host);
  headers.set("X-Forwarded-Host", host);
  headers.set("X-Forwarded-Proto", scheme);
  headers.delete("Forwarded");
  // Cinder adds its own path.
  const base =
    path +
    (cinder.path !== "" && prefix.endsWith(cinder.path) ? prefix.slice(0, -cinder.path.length) : prefix);
  if (base === "") headers.delete("X-Forwarded-Prefix");
  else headers.set("X-Forwarded-Prefix", base);
  return headers;
}

function responseHeaders(c: Context<AppEnv>, cinder: CinderConfig, response: Response): Headers {
  const headers = endToEnd(response.headers);
  const location = headers.get("Location");
  if (location !== null) headers.set("Location", publicUrl(location, cinder.url, endpoint(c)));
  return headers;
}

/** Returns a URL at the public address, if it is at that of Cinder, or at the public one with another scheme. */
function publicUrl(url: string, internal: string, external: string): string {
  const withoutScheme = (one: string) => one.replace(/^https?:/, "");
  const from = [internal, external]
    .map(withoutScheme)
    .find((base) => withoutScheme(url).startsWith(`${base}/`));
  return from === undefined ? url : external + withoutScheme(url).slice(from.length);
}

/** Returns the headers that concern the whole way of a message. */
function endToEnd(headers: Headers): Headers {
  const kept = new Headers(headers);
  const named = (headers.get("Connection") ?? "").split(",").map((name) => name.trim());
  for (const name of named) if (/^[\w-]+$/.test(name)) kept.delete(name);
  for (const name of HOP_BY_HOP) kept.delete(name);
  return kept;
}
