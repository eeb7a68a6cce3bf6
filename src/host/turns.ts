import type { RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** The last response of each connection. */
const latest = new WeakMap<Socket, ServerResponse>();

/** Returns the last response of a connection; undefined before its first request. */
export const latestResponse = (socket: Socket): ServerResponse | undefined => latest.get(socket);

/**
 * Answers the requests of a connection one after the other, each when the client has received the response before. A
 * client can pipeline hundreds in one packet, and read none of the responses.
 */
export function inOrder(listener: RequestListener): RequestListener {
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

/** The requests of all servers of this process that wait for their turn, by their token or cookie; "" for neither. */
const waiting = new Map<string, (() => void)[]>();

/** Removes the first request of the caller whose turn it is. */
function takeNext(): (() => void) | undefined {
  for (const [caller, requests] of waiting) {
    waiting.delete(caller);
    const next = requests.shift();
    // Behind the other callers.
    if (requests.length > 0) waiting.set(caller, requests);
    return next;
  }
  return undefined;
}

/** Answers two requests before the event loop looks for others. */
function answerTwo(): void {
  takeNext()?.();
  takeNext()?.();
  if (waiting.size > 0) setImmediate(answerTwo);
}

/**
 * Answers a few requests in each turn of the event loop. Node accepts one connection a turn: if a turn answered whatever
 * is there, a client would wait for seconds to be accepted beside hundreds of busy ones. Callers take turns, so that the
 * many requests of one, or of all without a token, do not delay those of another.
 */
export const fewEachTurn =
  (listener: RequestListener): RequestListener =>
  (incoming, outgoing) => {
    const { "x-auth-token": token, cookie = "" } = incoming.headers;
    const caller = String(token ?? cookie);
    const requests = waiting.get(caller) ?? [];
    requests.push(() => listener(incoming, outgoing));
    if (waiting.size === 0) setImmediate(answerTwo);
    waiting.set(caller, requests);
  };
