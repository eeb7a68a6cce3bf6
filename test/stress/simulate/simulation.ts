import type { Tables } from "../faults/history/tables.ts";
import { Clients } from "./clients.ts";
import { databaseViolations, dump, readTables, ruleViolations } from "./judges/database.ts";
import { eventViolations } from "./judges/events.ts";
import { historyViolations } from "./judges/history.ts";
import { probe } from "./judges/probe.ts";
import { doubtViolations, keyViolations, requestViolations } from "./judges/requests.ts";
import { EVENTS, UNDELIVERED } from "./judges/tables.sql.ts";
import { Plan } from "./plan.ts";
import { computeKeys, createVolumes, type PreparedVolumes } from "./preparation.ts";
import { DAY_MS, RETENTION_MS } from "./profile.ts";
import { Random } from "./random.ts";
import { playScenarios } from "./scenarios/scenarios.ts";
import { Store } from "./store.ts";
import { World } from "./world.ts";

/** What came of a simulation. */
export interface Outcome {
  readonly seed: number;
  /** What is wrong; empty if nothing is. */
  readonly violations: readonly string[];
  /** The hash of all that happened, and of the database after it. Equal seeds have equal hashes. */
  readonly hash: string;
  readonly requests: number;
  /** The elements that it had: see `Plan`. */
  readonly elements: readonly string[];
  readonly trace: readonly string[];
}

/** The longest that the clients of a simulation may take, milliseconds. */
const LONGEST_MS = DAY_MS;

/** What every simulation begins with. */
interface Beginning {
  readonly volumes: PreparedVolumes;
  readonly tables: Tables;
  /** The `seq` of the last event. */
  readonly lastEvent: number;
}

/** Runs simulations, one after the other. */
export class Simulator {
  readonly #store: Store;
  readonly #beginning: Beginning;

  private constructor(store: Store, beginning: Beginning) {
    this.#store = store;
    this.#beginning = beginning;
  }

  /**
   * Prepares a database with volumes.
   *
   * @throws Error if the service does not create them
   */
  static async open(): Promise<Simulator> {
    const store = await Store.open();
    const world = new World(new Plan(0, []), store, false);
    const { scheduler } = world;
    let isDone = false;
    const prepared = Promise.all([createVolumes(), computeKeys()]).finally(() => {
      isDone = true;
    });
    if (!(await scheduler.run(() => isDone, scheduler.now + DAY_MS))) throw new Error("the service hangs");
    const [volumes] = await prepared;
    await deliverAll(world, store);
    store.keepState();
    const { now } = scheduler;
    return new Simulator(store, {
      volumes,
      tables: await readTables(store, now),
      lastEvent: Math.max(...(await eventsOf(store, now))),
    });
  }

  /** Runs the simulation of a plan. */
  async run(plan: Plan, keepsTrace = false): Promise<Outcome> {
    const store = this.#store;
    await store.reset(String(plan.seed % 1e8).padStart(8, "0"));
    const world = new World(plan, store, keepsTrace);
    const { network, trace } = world;
    const unhandled = (error: unknown) => world.failures.push(`unhandled rejection: ${String(error)}`);
    process.on("unhandledRejection", unhandled);
    const { violations, content } = await this.#play(plan, world);
    process.off("unhandledRejection", unhandled);
    return {
      seed: plan.seed,
      violations: [...world.failures, ...violations],
      hash: trace.digest(content),
      requests: network.exchanges.length,
      elements: plan.elements(),
      trace: trace.lines,
    };
  }

  /**
   * Lets clients do their work, ends all faults, and judges.
   *
   * @returns the violations, and the content of the database
   */
  async #play(plan: Plan, world: World): Promise<{ violations: string[]; content: string }> {
    const store = this.#store;
    const { volumes, tables, lastEvent } = this.#beginning;
    const { scheduler, failures, faults, exchanges, profile, receiver, network } = world;
    const clients = new Clients(plan, profile, scheduler, new Random(`${plan.seed} clients`), volumes.shared);
    let running = true;
    void Promise.all([clients.run(), playScenarios(plan, world, volumes.ofScenarios)]).finally(() => {
      running = false;
    });
    void world.disturb(() => running);
    if (!(await scheduler.run(() => !running, scheduler.now + LONGEST_MS)))
      failures.push("the clients did not come to an end");
    world.endFaults();
    if (!faults.happened) failures.push(...(await probe(world)));
    await world.calm();
    const after = await readTables(store, scheduler.now);
    const events = await eventsOf(store, scheduler.now);
    const broken = await ruleViolations(store, profile, scheduler.now);
    if (profile.pauses) scheduler.now += RETENTION_MS + 3_600_000;
    receiver.moods.isCured = true;
    await deliverAll(world, store);

    const { now } = scheduler;
    const content = await dump(store, now);
    const left = await eventsOf(store, now);
    if (Math.max(...left) < Math.max(...events)) failures.push("events: the newest is gone");
    const violations = [
      ...requestViolations(network.exchanges, !faults.happened),
      ...doubtViolations(network.exchanges, exchanges.faults),
      ...(await databaseViolations(store, volumes.ofScenarios.at(-1) ?? "", now)),
      ...broken,
      ...historyViolations(volumes, tables, clients.recorder.operations, after),
      ...eventViolations(new Set([...events, ...left].filter((seq) => seq > lastEvent)), receiver.received),
      ...keyViolations(network.exchanges, {
        "the log": world.log.join("\n"),
        "the database": content,
        "a webhook": receiver.received.map(({ body }) => body).join("\n"),
      }),
    ];
    return { violations, content };
  }
}

/** Returns the `seq` of the events in the outbox. */
const eventsOf = async (store: Store, now: number): Promise<number[]> =>
  (await store.query(EVENTS, now)).map((row) => Number(row[0]));

/** Runs the job of each minute until all events are delivered. */
async function deliverAll(world: World, store: Store): Promise<void> {
  const { scheduler } = world;
  for (let i = 0; i < 60; i++) {
    world.sweep();
    await scheduler.run(() => false, scheduler.now + 60_000);
    const [row] = await store.query(UNDELIVERED, scheduler.now);
    if (Number(row?.[0]) === 0) return;
    scheduler.now += 600_000;
  }
}
