/**
 * Lets so many pieces of work go on at once, and has the others wait for their turn, in order.
 *
 * The request that has its turn, or waits for it, may be given up at any time, and then none of its code runs any
 * more: whatever ends it must abort its signal, which passes the turn on.
 */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param atOnce how many go on at once */
  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Waits for a turn, does the work, and passes the turn on. */
  async take<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let hasTurn = false;
    const { promise: turn, resolve } = Promise.withResolvers<void>();
    const begin = () => {
      hasTurn = true;
      resolve();
    };
    const end = () => {
      if (hasTurn) this.#passOn();
      else this.#leave(begin);
      hasTurn = false;
    };
    if (this.#free > 0) {
      this.#free--;
      begin();
    } else {
      this.#waiting.push(begin);
    }
    signal.addEventListener("abort", end, { once: true });
    await turn;
    try {
      return await work();
    } finally {
      signal.removeEventListener("abort", end);
      if (hasTurn) end();
    }
  }

  #passOn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  #leave(begin: () => void): void {
    const place = this.#waiting.indexOf(begin);
    if (place >= 0) this.#waiting.splice(place, 1);
  }
}
