import { once } from "node:events";
import { createServer, IncomingMessage, type RequestListener, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline, type Readable } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { errorFields, logEvent } from "../http/log.ts";
import { keepIncoming, sourceOf } from "./cinder_client.ts";
import { OperatorError } from "./errors.ts";
import { UnreadResponses } from "./unread_responses.ts";

/** The bytes of a request's headers. */
const MAX_HEADER_BYTES = 16_384;
/** The time that a client has to send the headers, and the whole request, milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** The time that an idle connection is kept, milliseconds: longer than proxies keep theirs. */
const KEEP_ALIVE_MS = 75_000;
/** The number of connections. Further ones are closed at once. */
const MAX_CONNECTIONS = 5000;
/**
 * The number of connections that the system accepts while this process is busy. Beyond it the system drops them, and a
 * client tries again after 1, 3, 7, 15 and 31 seconds.
 */
const BACKLOG = 4096;
/** The time between two looks at connections that have become idle while the server stops, milliseconds. */
const IDLE_CHECK_MS = 50;

/** An HTTP server. */
export interface HttpServer {
  readonly port: number;
  /**
   * Accepts no further connection or request, and waits for the responses in flight.
   *
   * @param deadline resolves when the connections that are left are to be closed
   */
  readonly stop: (deadline: Promise<void>) => Promise<void>;
}

/**
 * Serves over HTTP.
 *
 * @param options.port 0 for any that is free
 * @param options.isInFront whether responses of Cinder are written as they come
 * @param options.keepsGlobals does not replace the global `Request` and `Response` of this process by faster ones
 * @throws OperatorError if the port is in use, or the host is not an address of this machine
 */
export async function listen(
  fetch: (request: Request) => Promise<Response>,
  options: {
    readonly host: string;
    readonly port: number;
    readonly isInFront?: boolean;
    readonly keepsGlobals?: boolean;
  },
): Promise<HttpServer> {
  const answer: Parameters<typeof getRequestListener>[0] = options.isInFront
    ? async (request, { incoming, outgoing }) => {
        if (!(incoming instanceof IncomingMessage && outgoing instanceof ServerResponse))
          return fetch(request);
        keepIncoming(request, incoming);
        const response = await fetch(request);
        const source = sourceOf(response);
        return source === undefined ? response : write(response, source, outgoing);
      }
    : fetch;
  const listener = getRequestListener(answer, {
    overrideGlobalObjects: !options.keepsGlobals,
    // HTTP/1.0 has no Host. The health checks of HAProxy are such requests.
    hostname: "localhost",
  });
  const unread = new UnreadResponses();
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      noDelay: true,
      ServerResponse: EncodedResponse,
    },
    inOrder(
      fewEachTurn((incoming, outgoing) => {
        unread.add(outgoing);
        return listener(incoming, outgoing);
      }),
    ),
  );
  server.on("close", () => unread.stop());
  server.maxConnections = MAX_CONNECTIONS;
  server.listen({ port: options.port, host: options.host, backlog: BACKLOG });
  try {
    await once(server, "listening");
  } catch (error) {
    unread.stop();
    throw new OperatorError(describe(error, options));
  }
  // Too many open files, for example. The connections that there are go on.
  server.on("error", (error) => logEvent("error", errorFields(error)));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  return { port, stop: (deadline) => stop(server, deadline) };
}

/** From this length on a text is encoded before it is written. */
const LONG_TEXT = 65_536;

/** A response that needs no more memory than its bytes while it waits for its client: of a text Node takes three times as many. */
class EncodedResponse<Request extends IncomingMessage> extends ServerResponse<Request> {
  override end(...args: unknown[]): this {
    const [text, ...others] = args;
    const encoded =
      typeof text === "string" && text.length >= LONG_TEXT ? [Buffer.from(text), ...others] : args;
    Reflect.apply(super.end, this, encoded);
    return this;
  }
}

/** Writes a response as its body comes. If one connection breaks, the other is closed: no response looks complete. */
function write(
  { status, statusText, headers }: Response,
  body: Readable,
  outgoing: ServerResponse,
): Response {
  outgoing.setHeaders(headers).writeHead(status, statusText);
  if (body.readableLength === 0) outgoing.flushHeaders();
  pipeline(body, outgoing, () => {});
  return RESPONSE_ALREADY_SENT;
}

/**
 * Answers the requests of a connection one after the other, each when the client has received the response before. A
 * client can pipeline hundreds in one packet, and read none of the responses.
 */
function inOrder(listener: RequestListener): RequestListener {
  const latest = new WeakMap<Socket, ServerResponse>();
  return (incoming, outgoing) => {
    const { socket } = incoming;
    // A response has no socket while one before it is not complete.
    const before = outgoing.socket === null ? latest.get(socket) : undefined;
    latest.set(socket, outgoing);
    if (before === undefined || before.closed) return listener(incoming, outgoing);
    before.once("close", () => {
      if (!socket.destroyed) listener(incoming, outgoing);
    });
  };
}

/** The number of requests that are answered before the event loop looks for others. */
const REQUESTS_EACH_TURN = 2;

/** The requests of all servers of this process that wait for their turn. */
const waiting: (() => void)[] = [];

function answerFew(): void {
  for (const begin of waiting.splice(0, REQUESTS_EACH_TURN)) begin();
  if (waiting.length > 0) setImmediate(answerFew);
}

/**
 * Answers requests in the order of their arrival, a few in each turn of the event loop. Node accepts one connection a
 * turn: if a turn answered whatever is there, a client would wait for seconds to be accepted beside hundreds of busy ones.
 */
const fewEachTurn =
  (listener: RequestListener): RequestListener =>
  (...request) => {
    if (waiting.push(() => listener(...request)) === 1) setImmediate(answerFew);
  };

function describe(error: unknown, { host, port }: { readonly host: string; readonly port: number }): string {
  const code = error instanceof Error && "code" in error ? error.code : error;
  return code === "EADDRINUSE"
    ? `port ${port} of ${host} is in use by another program. Set PORT to use another port.`
    : `cannot listen on port ${port} of ${host} (${code}).`;
}

async function stop(server: Server, deadline: Promise<void>): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // A connection becomes idle after the response in flight.
  const timer = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  await Promise.race([closed, deadline]);
  clearInterval(timer);
  server.closeAllConnections();
  await closed;
}
