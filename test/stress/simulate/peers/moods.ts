import type { Plan } from "../plan.ts";
import type { Random } from "../random.ts";
import type { Scheduler } from "../scheduler.ts";

/** The health of a peer, which changes at random times: half of the time it is well. */
export class Moods<Ill extends string> {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #plan: Plan;
  readonly #name: string;
  readonly #ill: readonly Ill[];
  #present: Ill | "well" = "well";
  #changesAt = 0;
  #changes = 0;
  /** Whether it is well from now on. */
  isCured = false;

  /**
   * @param name the prefix of its changes in the plan
   * @param ill how it can be ill
   */
  constructor(scheduler: Scheduler, random: Random, plan: Plan, name: string, ill: readonly Ill[]) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#plan = plan;
    this.#name = name;
    this.#ill = ill;
  }

  /** Returns how it is now. */
  present(): Ill | "well" {
    if (this.isCured) return "well";
    if (this.#scheduler.now >= this.#changesAt) {
      this.#changesAt = this.#scheduler.now + this.#random.between(10, 3000);
      const next = this.#random.chance(0.5) ? "well" : this.#random.pick(this.#ill);
      this.#present = this.#plan.includes(`${this.#name}${++this.#changes}`) ? next : "well";
    }
    return this.#present;
  }
}
