import { AsyncLocalStorage } from "node:async_hooks";
import type { Random } from "./random.ts";
import type { Trace } from "./trace.ts";

/**
 * What can end at any time: an instance of the Worker, or a request in one. Nothing that waits for a completion in it
 * runs after its end.
 */
export class Scope {
  readonly name: string;
  /** The difference of its clock from that of the database, milliseconds. */
  readonly skewMs: number;
  readonly #parent: Scope | undefined;
  readonly #ended = Promise.withResolvers<void>();
  #alive = true;

  constructor(name: string, skewMs: number, parent?: Scope) {
    this.name = name;
    this.skewMs = skewMs;
    this.#parent = parent;
    void parent?.ended.then(() => this.end());
  }

  get alive(): boolean {
    return this.#alive && this.#parent?.alive !== false;
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Returns whether it ends with another. */
  isIn = (other: Scope): boolean => this.#parent === other;

  end(): void {
    this.#alive = false;
    this.#ended.resolve();
  }
}

/** The scope of the code that runs; undefined for clients, the database and other peers. */
export const scopes = new AsyncLocalStorage<Scope | undefined>();

/** A completion that the scheduler has not let happen yet. */
interface Pending {
  /** Not before this time, milliseconds since the epoch. */
  readonly at: number;
  readonly label: string;
  readonly scope: Scope | undefined;
  readonly complete: () => void;
}

const realSetImmediate = setImmediate;

/**
 * The one place through which every completion of a simulation passes: answers of the database and of other peers,
 * timers, Web Crypto. Of those whose time has come it chooses one at random; if there is none, the clock advances to the
 * next. What runs between two completions is promises alone, whose order JavaScript defines.
 */
export class Scheduler {
  /** The time, milliseconds since the epoch. */
  now: number;
  readonly #random: Random;
  readonly #trace: Trace;
  #pending: Pending[] = [];

  constructor(now: number, random: Random, trace: Trace) {
    this.now = now;
    this.#random = random;
    this.#trace = trace;
  }

  /**
   * Schedules a completion in the present scope. It is dropped if the scope has ended by then.
   *
   * @param afterMs milliseconds
   * @returns cancels it
   */
  schedule(label: string, afterMs: number, complete: () => void): () => void {
    // `setTimeout` takes anything for milliseconds.
    const delay = afterMs > 0 ? Math.ceil(afterMs) : 0;
    const pending = { at: this.now + delay, label, scope: scopes.getStore(), complete };
    this.#pending.push(pending);
    return () => {
      this.#pending = this.#pending.filter((other) => other !== pending);
    };
  }

  /** Waits in the present scope, milliseconds. */
  sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      this.schedule("sleep", ms, resolve);
    });

  /**
   * Lets completions happen until a condition holds.
   *
   * @param untilMs the time at which it gives up, milliseconds since the epoch
   * @returns whether the condition holds
   */
  async run(isDone: () => boolean, untilMs: number): Promise<boolean> {
    for (;;) {
      await settle();
      if (isDone()) return true;
      if (this.now > untilMs) return false;
      const next = this.#next();
      if (next === undefined) return false;
      this.#trace.add(this.now, next.scope?.name ?? "", next.label);
      scopes.run(next.scope, next.complete);
    }
  }

  /** Takes a completion whose time has come. */
  #next(): Pending | undefined {
    this.#pending = this.#pending.filter(({ scope }) => scope?.alive !== false);
    // Work takes time, so that what was due later is due now, too.
    if (this.#random.chance(0.2)) this.now += this.#random.between(1, 3);
    let due = this.#pending.filter(({ at }) => at <= this.now);
    if (due.length === 0) {
      const first = Math.min(...this.#pending.map(({ at }) => at));
      due = this.#pending.filter(({ at }) => at === first);
      if (due.length === 0) return undefined;
      this.now = first;
    }
    const chosen = this.#random.pick(due);
    this.#pending.splice(this.#pending.indexOf(chosen), 1);
    return chosen;
  }
}

/** Waits until no promise has anything to do: a turn of the event loop begins after them. */
const settle = (): Promise<void> => new Promise((resolve) => realSetImmediate(resolve));
