import { setLogOutput } from "../../../src/http/log.ts";
import { Exchanges } from "./exchanges.ts";
import { Faults } from "./faults.ts";
import { surroundWith } from "./globals.ts";
import { Instance } from "./instance.ts";
import { Network } from "./network.ts";
import { KEYSTONE, Keystone } from "./peers/keystone.ts";
import { RECEIVER, Receiver } from "./peers/receiver.ts";
import type { Plan } from "./plan.ts";
import { Profile } from "./profile.ts";
import { Random } from "./random.ts";
import { Scheduler, type Scope } from "./scheduler.ts";
import type { Store } from "./store.ts";
import { Trace } from "./trace.ts";

/** What clients do not control: the instances, the database, the network, the receiver of webhooks, and their faults. */
export class World {
  readonly profile: Profile;
  readonly trace: Trace;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly exchanges: Exchanges;
  readonly receiver: Receiver;
  readonly keystone: Keystone;
  readonly network: Network;
  /** The log of the service, by lines. */
  readonly log: string[] = [];
  /** What must not happen, and did. */
  readonly failures: string[] = [];
  readonly #plan: Plan;
  readonly #random: Random;
  #instances: Instance[] = [];
  #born = 0;

  constructor(plan: Plan, store: Store, keepsTrace: boolean) {
    const random = (purpose: string) => new Random(`${plan.seed} ${purpose}`);
    this.#plan = plan;
    this.#random = random("world");
    this.profile = new Profile(random("profile"));
    this.trace = new Trace(keepsTrace);
    this.scheduler = new Scheduler(this.profile.beginsAt, random("order"), this.trace);
    this.faults = new Faults(plan, random("faults"), this.profile.isEmbedded);
    this.exchanges = new Exchanges(store, this.scheduler, random("database"), this.faults);
    this.receiver = new Receiver(this.scheduler, random("receiver"), plan);
    this.keystone = new Keystone(this.scheduler, random("keystone"), plan, this.faults);
    this.network = new Network(this.scheduler, random("network"), () => this.instances, {
      [RECEIVER]: this.receiver.answer,
      [KEYSTONE]: this.keystone.answer,
    });
    surroundWith({ scheduler: this.scheduler, random: random("globals"), fetch: this.network.fetch });
    setLogOutput((line) => this.log.push(line));
  }

  /** The instances that live. One that has died is born again, with another clock and configuration. */
  get instances(): readonly Instance[] {
    this.#instances = this.#instances.filter(({ scope }) => scope.alive);
    while (this.#instances.length < this.profile.instances) {
      const variables = this.profile.variables(this.#random);
      const skewMs = this.#random.chance(0.5) ? 0 : this.#random.between(-30_000, 30_000);
      const bindings = (scope: Scope) => ({
        ...variables,
        ...(this.profile.isEmbedded ? this.exchanges.embedded(scope) : this.exchanges.d1(scope)),
      });
      this.#instances.push(new Instance(`i${++this.#born}`, skewMs, bindings));
    }
    return this.#instances;
  }

  /** Runs the job of each minute in an instance. */
  sweep(): void {
    this.#random
      .pick(this.instances)
      .sweep()
      .catch((error: unknown) => {
        if (!String(error).startsWith("DatabaseUnavailable")) this.failures.push(`sweep: ${String(error)}`);
      });
  }

  /** Ends instances, and runs the job of each minute, at random times. */
  async disturb(goesOn: () => boolean): Promise<void> {
    const random = new Random(`${this.#plan.seed} disturbance`);
    const deaths = random.chance(0.4);
    const meanMs = random.pick([100, 1000, 20_000]);
    for (let i = 1; goesOn() && i <= MAX_DISTURBANCES; i++) {
      await this.scheduler.sleep(random.between(1, 2 * meanMs));
      const dies = deaths && random.chance(0.3);
      if (dies && this.#plan.includes(`d${i}`)) {
        this.faults.happened = true;
        this.instances[0]?.scope.end();
      }
      if (!dies && this.#plan.includes(`s${i}`)) this.sweep();
    }
  }

  /** Ends all faults but those of the receiver. */
  endFaults(): void {
    this.faults.active = false;
    this.keystone.moods.isCured = true;
  }

  /** Waits until what is late has arrived. */
  async calm(): Promise<void> {
    await this.scheduler.run(() => false, this.scheduler.now + CALM_MS);
  }
}

/** Most of a simulation's time should be its requests'. */
const MAX_DISTURBANCES = 12;
/** The time in which everything that is late arrives, milliseconds. */
const CALM_MS = 120_000;
