import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { percentile } from "../../support/statistics.ts";

/** The failures that are reported, and their length in characters. */
const MESSAGES = 5;
const MESSAGE_LENGTH = 1000;

/** The results of the writers in a period. */
export interface Gaps {
  /** The number of acknowledged writes. */
  readonly writes: number;
  /** The number of writes that were refused or had no response. */
  readonly failures: number;
  /** The messages of the failures, without repetitions. */
  readonly messages: readonly string[];
  /** The time that 99 of 100 requests took at most, milliseconds. */
  readonly p99Ms: number;
  /** The longest time without an acknowledged write, milliseconds. */
  readonly longestMs: number;
}

/** Clients that write, and the times at which their writes were acknowledged. */
export class Writers {
  readonly #clients: Promise<void>[];
  #running = true;
  #writes = 0;
  #failures = 0;
  #messages = new Set<string>();
  #times: number[] = [];
  #longestMs = 0;
  #last = performance.now();

  /**
   * @param write makes one write, and throws if it was not acknowledged; its argument is the client's number. Returns the
   *   times of its requests, milliseconds
   * @param perSecond the writes of all clients together; by default each writes without a pause
   */
  constructor(
    clients: number,
    write: (client: number) => Promise<readonly number[]>,
    perSecond = Number.POSITIVE_INFINITY,
  ) {
    this.#clients = Array.from({ length: clients }, async (_, client) => {
      const intervalMs = (1000 * clients) / perSecond;
      for (let due = performance.now() + Math.random() * intervalMs; this.#running; ) {
        try {
          const ms = due - performance.now();
          if (ms > 0) await sleep(ms);
          due = Math.max(due + intervalMs, performance.now());
          this.#times.push(...(await write(client)));
          this.#acknowledge();
        } catch (error) {
          this.#failures++;
          this.#messages.add(inspect(error).slice(0, MESSAGE_LENGTH));
          await sleep(10);
        }
      }
    });
  }

  /** Runs work, and returns what the writers have seen meanwhile. */
  async during(work: () => Promise<void>): Promise<Gaps> {
    this.#writes = 0;
    this.#failures = 0;
    this.#messages.clear();
    this.#times = [];
    this.#longestMs = 0;
    this.#last = performance.now();
    await work();
    this.#longestMs = Math.max(this.#longestMs, performance.now() - this.#last);
    return {
      writes: this.#writes,
      failures: this.#failures,
      messages: [...this.#messages].slice(0, MESSAGES),
      p99Ms: percentile(this.#times, 0.99),
      longestMs: this.#longestMs,
    };
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
