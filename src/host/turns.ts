import type { RequestListener } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";

// The turns of the event loop: what keeps one busy stops all other requests.

/** The number of requests that are answered before the event loop looks for others. */
const REQUESTS_EACH_TURN = 2;

/** The requests of all servers of this process that wait for their turn. */
const waiting: (() => void)[] = [];

function answer(): void {
  for (const begin of waiting.splice(0, REQUESTS_EACH_TURN)) begin();
  if (waiting.length > 0) setImmediate(answer);
}

/**
 * Answers requests in the order of their arrival, a few in each turn of the event loop. Node accepts one connection a
 * turn: if a turn answered whatever is there, a client would wait for seconds to be accepted beside hundreds of busy ones.
 */
export const fewEachTurn =
  (listener: RequestListener): RequestListener =>
  (...request) => {
    if (waiting.push(() => listener(...request)) === 1) setImmediate(answer);
  };

/** Leaves a turn to other requests, before work that takes long. */
export const pause = (): Promise<void> => nextTurn();
