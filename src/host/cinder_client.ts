import * as http from "node:http";
import * as https from "node:https";
import { isIP } from "node:net";
import { Readable } from "node:stream";
import type { CinderFetch } from "../config/config.ts";

/** The connections to Cinder that are kept. */
const KEPT = { keepAlive: true, maxFreeSockets: 256 };
const CLOSED = { keepAlive: false };

const CLIENTS = {
  "http:": { request: http.request, kept: new http.Agent(KEPT), closed: new http.Agent(CLOSED) },
  "https:": { request: https.request, kept: new https.Agent(KEPT), closed: new https.Agent(CLOSED) },
} as const;

/** The requests that this process answers, by what the service knows of them. */
const incomings = new WeakMap<Request, http.IncomingMessage>();
/** The responses of Cinder that nobody has read yet, by their bodies. */
const sources = new WeakMap<object, http.IncomingMessage>();

/** Keeps a request, so that its body can be sent to Cinder as it comes. */
export const keepIncoming = (request: Request, incoming: http.IncomingMessage): void => {
  incomings.set(request, incoming);
};

/** Returns the body of a response as it comes from Cinder; undefined for other responses. */
export const sourceOf = ({ body }: Response): Readable | undefined =>
  body === null ? undefined : sources.get(body);

/**
 * Sends a request to Cinder as `fetch` does, except that a compressed body stays compressed, and that the headers can
 * name another host.
 */
export const cinderFetch: CinderFetch = async (url, { method = "GET", headers, body, signal }, from) => {
  const incoming = from && incomings.get(from);
  const request = {
    url,
    method,
    headers: Object.fromEntries(headers instanceof Headers ? headers : new Headers(headers)),
    signal: signal ?? undefined,
    content: incoming === undefined ? body : bodyOf(incoming),
  };
  return responseOf(await send(request, isSafe(method)), method);
};

/** Returns whether a request of a method can be sent twice. */
const isSafe = (method: string): boolean => ["GET", "HEAD", "OPTIONS"].includes(method);

/** Returns a request whose body is to be sent; undefined if it has none. */
const bodyOf = (incoming: http.IncomingMessage): http.IncomingMessage | undefined =>
  "transfer-encoding" in incoming.headers || Number(incoming.headers["content-length"] ?? 0) > 0
    ? incoming
    : undefined;

interface Outgoing {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal | undefined;
  readonly content: unknown;
}

/**
 * Sends a request, and waits for the head of its response.
 *
 * @param keeps whether to use a connection that was kept. Cinder may close it at the same moment, and the request is
 *   then sent again on a new one.
 */
function send(
  { url, method, headers, signal, content }: Outgoing,
  keeps: boolean,
): Promise<http.IncomingMessage> {
  const { protocol, hostname, port } = new URL(url);
  const client = protocol === "https:" ? CLIENTS["https:"] : CLIENTS["http:"];
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const request = client.request({
      host,
      port,
      // Not that of the headers.
      servername: isIP(host) === 0 ? host : "",
      // As it is, which `URL` would change.
      path: url.slice(url.indexOf("/", "https://".length)),
      method,
      headers,
      agent: keeps ? client.kept : client.closed,
    });
    const cancel = () => request.destroy(new Error("cancelled"));
    if (signal?.aborted) cancel();
    else signal?.addEventListener("abort", cancel, { once: true });
    request.on("response", resolve).on("error", (error) => {
      if (keeps && request.reusedSocket && signal?.aborted !== true)
        send({ url, method, headers, signal, content }, false).then(resolve, reject);
      else reject(error);
    });
    if (content instanceof Readable) {
      // After a failed request the server reads the rest of its body.
      content.on("error", (error) => request.destroy(error)).pipe(request);
    } else request.end(content);
  });
}

function responseOf(message: http.IncomingMessage, method: string): Response {
  // The reader of the body gets the error. Without a listener it would end the process.
  message.on("error", () => {});
  const { statusCode: status = 0, statusMessage: statusText = "", rawHeaders } = message;
  const headers: [string, string][] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) headers.push([rawHeaders[i] ?? "", rawHeaders[i + 1] ?? ""]);
  if (method === "HEAD" || status === 204 || status === 205 || status === 304) {
    message.resume();
    return new Response(null, { status, statusText, headers });
  }
  let reader: ReadableStreamDefaultReader | undefined;
  const body = new ReadableStream(
    {
      async pull(controller) {
        reader ??= Readable.toWeb(message).getReader();
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => void message.destroy(),
    },
    { highWaterMark: 0 },
  );
  sources.set(body, message);
  return new Response(body, { status, statusText, headers });
}
