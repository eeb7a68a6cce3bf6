import type { Plan } from "./plan.ts";
import type { Random } from "./random.ts";

/** What happens to an exchange with the database. */
export interface ExchangeFault {
  readonly kind: (typeof KINDS)[number];
  /** For how long what is late is late, milliseconds. */
  readonly ms: number;
}

const KINDS = [
  "request lost",
  "answer lost",
  "no answer",
  "request late",
  "request late, and an error before",
  "answer late",
  "busy",
  "slow",
  "request terminated before",
  "request terminated after",
  "instance dies before",
  "instance dies after",
] as const;

/** Those that an embedded database can have: nothing gets lost within a process. */
const EMBEDDED: readonly ExchangeFault["kind"][] = [
  "busy",
  "slow",
  "instance dies before",
  "instance dies after",
];

/** Networks and D1 stall for so long, milliseconds. */
const STALL_MS = { min: 30_000, max: 80_000 };
/** What is slow but arrives, milliseconds: around the time after which an answer counts as lost. */
const SLOW_MS = { min: 100, max: 2000 };

/** Chooses the faults of a simulation. Each simulation has some kinds, so that the others do not hide their effects. */
export class Faults {
  readonly #plan: Plan;
  readonly #random: Random;
  readonly #kinds: readonly ExchangeFault["kind"][];
  readonly #part: number;
  #count = 0;
  /** Whether there are any. */
  active = true;
  /** Whether there was one: of an exchange, or the death of an instance. */
  happened = false;

  constructor(plan: Plan, random: Random, isEmbedded: boolean) {
    this.#plan = plan;
    this.#random = random;
    const possible = isEmbedded ? EMBEDDED : KINDS;
    this.#kinds = possible.filter(() => random.chance(0.4));
    this.#part = random.pick([0, 0.02, 0.05, 0.1, 0.2]);
  }

  /** Returns the fault of the next exchange, if it has one. */
  ofExchange(): ExchangeFault | undefined {
    const random = this.#random;
    if (!this.active || this.#kinds.length === 0 || !random.chance(this.#part)) return undefined;
    const kind = random.pick(this.#kinds);
    const { min, max } = kind === "slow" ? SLOW_MS : STALL_MS;
    const ms = random.between(min, max);
    if (!this.#plan.includes(`f${++this.#count}`)) return undefined;
    this.happened = true;
    return { kind, ms };
  }
}
