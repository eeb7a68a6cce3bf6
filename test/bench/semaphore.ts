/**
 * Limits concurrency. Waiting callers run first in, first out.
 *
 * workerd may cancel a request at any time, and then runs none of its code any more, `finally` included: whatever ends
 * the request must abort its signal, which releases the permit.
 */
export class Semaphore {
  #permits: number;
  readonly #waiting: (() => void)[] = [];

  /** @param permits the number of tasks that may run at once */
  constructor(permits: number) {
    this.#permits = permits;
  }

  /** Waits for a permit, runs the task, and releases the permit. */
  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let acquired = false;
    const { promise: permit, resolve } = Promise.withResolvers<void>();
    const acquire = () => {
      acquired = true;
      resolve();
    };
    const release = () => {
      if (acquired) this.#release();
      else this.#leave(acquire);
      acquired = false;
    };
    if (this.#permits > 0) {
      this.#permits--;
      acquire();
    } else {
      this.#waiting.push(acquire);
    }
    signal.addEventListener("abort", release, { once: true });
    await permit;
    try {
      return await task();
    } finally {
      signal.removeEventListener("abort", release);
      if (acquired) release();
    }
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#permits++;
    else next();
  }

  #leave(acquire: () => void): void {
    const place = this.#waiting.indexOf(acquire);
    if (place >= 0) this.#waiting.splice(place, 1);
  }
}
