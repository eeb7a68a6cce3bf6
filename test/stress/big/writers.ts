import { setTimeout as sleep } from "node:timers/promises";

/** The results of the writers in a period. */
export interface Gaps {
  /** The number of acknowledged writes. */
  readonly writes: number;
  /** The number of writes that were refused or had no response. */
  readonly failures: number;
  /** The longest time without an acknowledged write, milliseconds. */
  readonly longestMs: number;
}

/** Clients that write without a pause, and the times at which their writes were acknowledged. */
export class Writers {
  readonly #clients: Promise<void>[];
  #running = true;
  #writes = 0;
  #failures = 0;
  #longestMs = 0;
  #last = performance.now();

  /** @param write makes one write, and throws if it was not acknowledged; its argument is the client's number */
  constructor(clients: number, write: (client: number) => Promise<void>) {
    this.#clients = Array.from({ length: clients }, async (_, client) => {
      while (this.#running) {
        try {
          await write(client);
          this.#acknowledge();
        } catch {
          this.#failures++;
          await sleep(10);
        }
      }
    });
  }

  /** Runs work, and returns what the writers have seen meanwhile. */
  async during(work: () => Promise<void>): Promise<Gaps> {
    this.#writes = 0;
    this.#failures = 0;
    this.#longestMs = 0;
    this.#last = performance.now();
    await work();
    this.#longestMs = Math.max(this.#longestMs, performance.now() - this.#last);
    return { writes: this.#writes, failures: this.#failures, longestMs: this.#longestMs };
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#clients);
  }

  #acknowledge(): void {
    const now = performance.now();
    this.#writes++;
    this.#longestMs = Math.max(this.#longestMs, now - this.#last);
    this.#last = now;
  }
}
