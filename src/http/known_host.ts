import { createMiddleware } from "hono/factory";
import { perConfig } from "../config/config.ts";
import type { AppEnv } from "./context.ts";
import { Fault } from "./faults.ts";
import { logEvent } from "./log.ts";

/** Top-level domains in which no name can be registered (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const RESERVED = /\.(localhost|local|internal|test|example|invalid|home\.arpa)$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Returns the host of a URL in lower case, with its port. Not `new URL`, which throws for a malformed `Host`. */
export const hostOf = (url: string): string => (/^https?:\/\/([^/?#]*)/.exec(url)?.[1] ?? "").toLowerCase();

/** Returns whether a host can be a name that somebody else has registered: neither an address nor a local name. */
function isForeign(host: string): boolean {
  const name = host.replace(/:\d*$/, "").replace(/\.$/, "");
  return name.includes(".") && !name.startsWith("[") && !IPV4.test(name) && !RESERVED.test(name);
}

/** Logs once that callers are not authenticated. The commands print it, but anybody can deploy a Worker without them. */
const warnOnce = perConfig((_: AppEnv["Variables"]["deployment"]) => {
  logEvent("warning", {
    message: "AUTH_STRATEGY=noauth: callers are not authenticated, and others can reach this service.",
  });
  return true;
});

/**
 * Refuses, with AUTH_STRATEGY=noauth, requests to a host that is neither an address, a local name nor configured.
 * Otherwise the page of another site can reach a service on this machine by a name that its owner points here (DNS
 * rebinding). With other strategies a request needs a token even so. The first request to a name that the configuration
 * opens is logged with a warning.
 *
 * @throws Fault 403
 */
export const refuseForeignHosts = createMiddleware<AppEnv>((c, next) => {
  const deployment = c.get("deployment");
  const { shared, hosts } = deployment;
  if (shared.identity.strategy !== "noauth") return next();
  const host = hostOf(c.req.url);
  if (!isForeign(host)) return next();
  const isConfigured =
    hosts.has(host) ||
    hosts.has(host.replace(/:\d*$/, "")) ||
    (shared.publicEndpoint !== undefined && hostOf(shared.publicEndpoint) === host);
  if (isConfigured && warnOnce(deployment)) return next();
  throw new Fault(
    403,
    "This service does not check who you are, and answers only to addresses, local names and PUBLIC_ENDPOINT.",
  );
});
