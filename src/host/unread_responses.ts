import type { ServerResponse } from "node:http";

/** The bytes that wait for all clients together. */
const MAX_BYTES = 16_000_000;
/** The time in which a client must read a part of what waits for it, milliseconds. */
const TIMEOUT_MS = 30_000;
/** The time between two looks, milliseconds. */
const INTERVAL_MS = 100;

/**
 * Bounds the memory of responses that wait for their clients to read them. A client that reads nothing for a time loses
 * its connection. So do, beyond the bound, those that have waited longest.
 */
export class UnreadResponses {
  readonly #maxBytes: number;
  readonly #timeoutMs: number;
  /** The responses that are not complete, the oldest first, and whether the time of each runs. */
  readonly #open = new Map<ServerResponse, boolean>();
  readonly #timer: NodeJS.Timeout;

  constructor({ maxBytes = MAX_BYTES, timeoutMs = TIMEOUT_MS } = {}) {
    this.#maxBytes = maxBytes;
    this.#timeoutMs = timeoutMs;
    this.#timer = setInterval(() => this.#look(), INTERVAL_MS).unref();
  }

  /** Watches a response until it is complete. */
  add(response: ServerResponse): void {
    // The client has disconnected already.
    if (response.closed || response.socket === null) return;
    this.#open.set(response, false);
    response.once("close", () => this.#open.delete(response));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    let bytes = 0;
    for (const { writableLength } of this.#open.keys()) bytes += writableLength;
    for (const [response, timed] of this.#open) {
      const own = response.writableLength;
      if (own === 0) continue;
      if (bytes > this.#maxBytes) {
        bytes -= own;
        response.destroy();
      } else if (!timed && response.writableEnded) {
        // Node then closes the connection if nothing moves. Not that of a stream, which may be silent for longer.
        response.setTimeout(this.#timeoutMs);
        this.#open.set(response, true);
      }
    }
  }
}
