import { once } from "node:events";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** The time between two looks at the connections while the server stops, milliseconds. */
const CHECK_MS = 50;
/** The time after which a server that stops closes the connections that its clients leave idle, milliseconds. */
const LEAVE_MS = 5000;
/** The time after which it accepts no further connections, although some are older than the stop, milliseconds. */
const DRAIN_MS = 6000;

/**
 * Goes on accepting and answering until the given connections are closed. A client whose connection is closed while it
 * sends a request cannot know whether the request had an effect, so it is given the time to close it first.
 *
 * @param connections those that are open when the server is to stop
 */
export async function drain(server: Server, connections: readonly Socket[]): Promise<void> {
  const started = performance.now();
  for (
    let ms = 0;
    ms < DRAIN_MS && connections.some(({ closed }) => !closed);
    ms = performance.now() - started
  ) {
    await sleep(CHECK_MS);
    if (ms < LEAVE_MS) continue;
    // A timer runs before what has come is read. A connection that has a request by now is not idle.
    await nextTurn();
    server.closeIdleConnections();
    // Node does not count those as idle that have never had a request.
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  }
}

/**
 * Accepts no further connections, and waits until all are closed.
 *
 * @param deadline resolves when those that are left are to be closed
 */
export async function stop(server: Server, deadline: Promise<void>): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // A connection becomes idle after the response in flight.
  const timer = setInterval(() => server.closeIdleConnections(), CHECK_MS);
  await Promise.race([closed, deadline]);
  clearInterval(timer);
  server.closeAllConnections();
  await closed;
}
