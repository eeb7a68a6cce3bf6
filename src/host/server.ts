import { once } from "node:events";
import { createServer, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { errorFields, logEvent } from "../http/log.ts";
import { keepIncoming, sourceOf } from "./cinder_client.ts";
import { OperatorError } from "./errors.ts";
import { answerMalformed, answerRefused, withHost } from "./refusals.ts";
import { drain, stop } from "./stop_server.ts";
import { fewEachTurn, inOrder, latestResponse } from "./turns.ts";
import { UnreadResponses } from "./unread_responses.ts";

/** The bytes of a request's headers. */
const MAX_HEADER_BYTES = 16_384;
/** The time that a client has to send the headers, and the whole request, milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** The time that an idle connection is kept, milliseconds: longer than proxies keep theirs. */
const KEEP_ALIVE_MS = 75_000;
/** The bytes of a body that are read before somebody asks for them. One read can bring 64 KiB more. */
const READ_AHEAD_BYTES = 16_384;
/** The number of connections. Further ones are closed at once. */
const MAX_CONNECTIONS = 5000;
/**
 * The number of connections that the system accepts while this process is busy. Beyond it the system drops them, and a
 * client tries again after 1, 3, 7, 15 and 31 seconds.
 */
const BACKLOG = 4096;
/** An HTTP server. */
export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /**
   * Accepts no further connection or request, and waits for the responses in flight. With an inherited socket it first
   * goes on until the connections have gone that there are: each response asks its client to close the connection.
   *
   * @param deadline resolves when the connections that are left are to be closed
   */
  readonly stop: (deadline: Promise<void>) => Promise<void>;
}

/**
 * Serves over HTTP.
 *
 * @param options.port 0 for any that is free
 * @param options.fd the file descriptor of a listening socket, in place of `host` and `port`. The parent of this process
 *   holds it, too: connections wait in it until the next process accepts them.
 * @param options.isInFront whether responses of Cinder are written as they come
 * @param options.keepsGlobals does not replace the global `Request` and `Response` of this process by faster ones
 * @throws OperatorError if the port is in use, the host is not an address of this machine, or `fd` is no socket
 */
export async function listen(
  fetch: (request: Request) => Promise<Response>,
  options: {
    readonly host: string;
    readonly port: number;
    readonly fd?: number | undefined;
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
    errorHandler: answerMalformed,
  });
  const unread = new UnreadResponses();
  const handle = withHost(
    inOrder(
      fewEachTurn((incoming, outgoing) => {
        unread.add(outgoing);
        return listener(incoming, outgoing);
      }),
    ),
  );
  let stopping = false;
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      highWaterMark: READ_AHEAD_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      noDelay: true,
      requireHostHeader: false,
      ServerResponse: responseClass(() => stopping),
    },
    handle,
  );
  // As Cinder, which knows only 100-continue.
  server.on("checkExpectation", handle);
  answerRefused(server, latestResponse);
  server.on("close", () => unread.stop());
  const { fd, host, port } = options;
  const connections = new Set<Socket>();
  if (fd !== undefined)
    server.on("connection", (socket) => {
      connections.add(socket);
      socket.once("close", () => connections.delete(socket));
    });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen({ ...(fd === undefined ? { host, port } : { fd }), backlog: BACKLOG });
  try {
    await once(server, "listening");
  } catch (error) {
    unread.stop();
    throw new OperatorError(describe(error, options));
  }
  // Too many open files, for example. The connections that there are go on.
  server.on("error", (error) => logEvent("error", errorFields(error)));
  const address = server.address();
  return {
    ...(typeof address === "object" && address !== null
      ? { host: address.address, port: address.port }
      : { host, port }),
    async stop(deadline) {
      stopping = true;
      if (fd !== undefined) await drain(server, [...connections]);
      await stop(server, deadline);
    },
  };
}

/** From this length on a text is encoded before it is written. */
const LONG_TEXT = 65_536;

/** Returns the class of a server's responses. While the server stops they ask their clients to close the connection. */
const responseClass = (isStopping: () => boolean) =>
  class<Request extends IncomingMessage> extends ServerResponse<Request> {
    override writeHead(...args: unknown[]): this {
      if (isStopping()) this.shouldKeepAlive = false;
      Reflect.apply(super.writeHead, this, args);
      return this;
    }

    /** Needs no more memory than its bytes while it waits for its client: of a text Node takes three times as many. */
    override end(...args: unknown[]): this {
      const [text, ...others] = args;
      const encoded =
        typeof text === "string" && text.length >= LONG_TEXT ? [Buffer.from(text), ...others] : args;
      Reflect.apply(super.end, this, encoded);
      return this;
    }
  };

/** Writes a response as its body comes. If one connection breaks, the other is closed: no response looks complete. */
function write(
  { status, statusText, headers }: Response,
  body: Readable,
  outgoing: ServerResponse,
): Response {
  outgoing.setHeaders(headers).writeHead(status, statusText);
  if (body.readableLength === 0) outgoing.flushHeaders();
  // `pipeline` does the same with an AbortController, which it aborts at the end of each response.
  const close = () => (body.readableEnded ? undefined : outgoing.destroy());
  const cancel = () => body.destroy();
  if (body.destroyed) close();
  else body.on("close", close).pipe(outgoing);
  if (outgoing.destroyed) cancel();
  else outgoing.on("close", cancel);
  return RESPONSE_ALREADY_SENT;
}

function describe(
  error: unknown,
  { host, port, fd }: { readonly host: string; readonly port: number; readonly fd?: number | undefined },
): string {
  const code = error instanceof Error && "code" in error ? error.code : error;
  if (fd !== undefined) return `cannot listen on the socket that the parent has passed on (${code}).`;
  return code === "EADDRINUSE"
    ? `port ${port} of ${host} is in use by another program. Set PORT to use another port.`
    : `cannot listen on port ${port} of ${host} (${code}).`;
}
