import { type RequestListener, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { RequestError } from "@hono/node-server";
import { badRequest, Fault, faultBody, internalError } from "../http/faults.ts";
import { errorFields, logEvent } from "../http/log.ts";

/** The time in which a client can read a refusal while it still sends, milliseconds. */
const LINGER_MS = 1000;

/**
 * Answers what Node does not take for a request, as the service answers other faults: with OpenStack's body and a
 * request id. The connection is closed then, since nobody knows where the next request begins.
 *
 * @param pending returns the last response of a connection
 */
export function answerRefused(server: Server, pending: (socket: Socket) => ServerResponse | undefined): void {
  server.on("clientError", (error, socket: Socket) => {
    // The client has gone, or has its refusal and still sends.
    if (!socket.writable) return;
    const response = pending(socket);
    if (response === undefined || response.closed) end(socket, faultOf(error));
    // The body of the request is what is wrong.
    else if (!response.req.complete) response.headersSent ? socket.destroy() : end(socket, faultOf(error));
    else response.once("close", () => end(socket, faultOf(error)));
  });
  server.on("connect", (_request, socket: Socket) => end(socket, badRequest("This is not a proxy.")));
}

/** Writes a refusal, and closes the connection. */
function end(socket: Socket, fault: Fault): void {
  const { headers, body } = refusal(fault);
  const head = Object.entries({
    ...headers,
    Date: new Date().toUTCString(),
    Connection: "close",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${fault.status} ${STATUS_CODES[fault.status]}\r\n${head.join("")}\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** Makes the headers and the body of the response to a request that the service does not see. */
function refusal(fault: Fault) {
  const body = JSON.stringify(faultBody(fault));
  const headers = {
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(body)),
    "x-openstack-request-id": `req-${crypto.randomUUID()}`,
  };
  return { headers, body };
}

function faultOf(error: Error): Fault {
  const code = "code" in error ? error.code : undefined;
  if (code === "HPE_HEADER_OVERFLOW")
    return new Fault(
      431,
      "The path and the headers of the request are too large. Send fewer or shorter ones.",
    );
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new Fault(408, "The request did not arrive in time.");
  return badRequest(`The request is not valid HTTP: ${"reason" in error ? error.reason : error.message}.`);
}

/** Makes the response to a request whose URL or `Host` is malformed, or to an error that is a bug. */
export function answerMalformed(error: unknown): Response {
  const isMalformed = error instanceof RequestError;
  if (!isMalformed) logEvent("error", errorFields(error));
  const fault = isMalformed
    ? badRequest(`The URL of the request is malformed: ${error.message}.`)
    : internalError();
  const { headers, body } = refusal(fault);
  return new Response(body, { status: fault.status, headers });
}

/** Refuses requests of HTTP/1.1 without a `Host`, as its specification demands. */
export const withHost =
  (listener: RequestListener): RequestListener =>
  (incoming, outgoing) => {
    if (incoming.headers.host !== undefined || incoming.httpVersion !== "1.1")
      return listener(incoming, outgoing);
    const fault = badRequest("The request has no header Host.");
    const { headers, body } = refusal(fault);
    outgoing.writeHead(fault.status, { ...headers, Connection: "close" }).end(body);
  };
