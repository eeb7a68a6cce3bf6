import { DATABASE_BINDING } from "../../../src/config/config.ts";
import type { Mode, Row, Statement, Value } from "../../../src/db/engine/driver.ts";
import type { ExchangeFault, Faults } from "./faults.ts";
import type { Random } from "./random.ts";
import { type Scheduler, type Scope, scopes } from "./scheduler.ts";
import type { Store } from "./store.ts";

/** The messages by which the service recognises what happened. */
const LOST = "D1_ERROR: Network connection lost.";
const BUSY = "SQLITE_BUSY: database is locked";

/** A fault of an exchange. */
export interface MetFault {
  readonly kind: ExchangeFault["kind"];
  readonly instance: Scope;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

type Outcome = { readonly rows: Row[][] } | { readonly error: unknown };

/** Exchanges with the database, of all instances. Each is one transaction, at a time that the scheduler chooses. */
export class Exchanges {
  /** The faults so far, in order. */
  readonly faults: MetFault[] = [];
  readonly #store: Store;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #faults: Faults;

  constructor(store: Store, scheduler: Scheduler, random: Random, faults: Faults) {
    this.#store = store;
    this.#scheduler = scheduler;
    this.#random = random;
    this.#faults = faults;
  }

  /**
   * Sends statements in the present scope.
   *
   * @param database the scope of the database; undefined if what was sent arrives, whoever has ended since
   */
  #run(
    statements: readonly Statement[],
    mode: Mode,
    instance: Scope,
    database: Scope | undefined,
  ): Promise<Row[][]> {
    const scope = scopes.getStore();
    const fault = this.#faults.ofExchange();
    if (fault !== undefined) this.faults.push({ kind: fault.kind, instance, at: this.#scheduler.now });
    const title = `${statements.length} statements${fault === undefined ? "" : ` (${fault.kind})`}`;
    return new Promise((resolve, reject) => {
      const answer = (outcome: Outcome, ms = this.#networkMs()) =>
        scopes.run(scope, () =>
          this.#scheduler.schedule(
            "error" in outcome ? `failure of ${title}` : `answer to ${title}`,
            ms,
            () => ("error" in outcome ? reject(outcome.error) : resolve(outcome.rows)),
          ),
        );
      if (fault?.kind === "request lost") return void answer({ error: new Error(LOST) });
      if (fault?.kind === "busy") return void answer({ error: new Error(BUSY) });
      if (fault?.kind === "request late, and an error before") answer({ error: new Error(LOST) });
      const isHeld = fault?.kind === "request late" || fault?.kind === "request late, and an error before";
      const arrival = isHeld ? fault.ms : this.#networkMs();
      scopes.run(database, () =>
        this.#scheduler.schedule(`${scope?.name} ${mode} ${title}`, arrival, () => {
          if (fault?.kind === "instance dies before") instance.end();
          if (fault?.kind === "request terminated before") scope?.end();
          void this.#transaction(statements, mode).then((outcome) => {
            if (fault?.kind === "instance dies after") instance.end();
            if (fault?.kind === "request terminated after") scope?.end();
            if (fault?.kind === "answer lost") answer({ error: new Error(LOST) });
            else if (fault?.kind !== "no answer") answer(outcome, this.#answerMs(fault));
          });
        }),
      );
    });
  }

  #answerMs(fault: ExchangeFault | undefined): number {
    return fault?.kind === "answer late" || fault?.kind === "slow" ? fault.ms : this.#networkMs();
  }

  #networkMs = (): number => this.#random.between(0, 4);

  /** Runs a transaction, sometimes with an advance of the clock in its middle. */
  async #transaction(statements: readonly Statement[], mode: Mode): Promise<Outcome> {
    const { now } = this.#scheduler;
    const ticks = statements.length > 1 && this.#random.chance(0.1);
    const maxMs = this.#faults.active ? this.#random.pick([20, 20, 1000]) : 20;
    const tick = ticks
      ? { before: this.#random.between(1, statements.length - 1), now: now + this.#random.between(1, maxMs) }
      : undefined;
    if (tick !== undefined) this.#scheduler.now = tick.now;
    try {
      return { rows: await this.#store.run(statements, mode, now, tick) };
    } catch (error) {
      return { error };
    }
  }

  /** Makes the binding of a D1 database. D1 runs one transaction at a time, whatever its mode. */
  d1(instance: Scope): Readonly<Record<string, unknown>> {
    const run = (statements: readonly Statement[]) => this.#run(statements, "write", instance, undefined);
    const prepare = (sql: string) => ({
      bind: (...params: Value[]) => ({ sql, params, raw: async () => (await run([{ sql, params }]))[0] }),
    });
    const batch = async (statements: readonly Statement[]) =>
      (await run(statements)).map((results) => ({ results }));
    const session = { prepare, batch, getBookmark: () => null };
    return { DB: { ...session, withSession: () => session } };
  }

  /** Makes the binding of an embedded database, which is part of the instance's process. */
  embedded(instance: Scope): Readonly<Record<string, unknown>> {
    const run = (statements: readonly Statement[], mode: Mode) =>
      this.#run(statements, mode, instance, instance);
    return { [DATABASE_BINDING]: { run, pause: () => this.#scheduler.sleep(0) } };
  }
}
