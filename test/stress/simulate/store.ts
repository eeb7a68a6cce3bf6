import { migrationsFolder } from "../../../src/cli/settings/settings.ts";
import type { Mode, Row, Statement } from "../../../src/db/engine/driver.ts";
import { MemoryDatabase } from "../../../src/host/memory_database.ts";
import { applyMigrations } from "../../../src/host/migrations.ts";
import { CREATE_CLOCK, FORGET_CREATION, INSERT_CLOCK, setClock, setNonce, simulated } from "./store.sql.ts";

/** The advance of the clock in the middle of a transaction. */
export interface Tick {
  /** The number of the transaction's statements that run before it. */
  readonly before: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The database of the simulations of a thread, in memory. Transactions run at once and one after the other. */
export class Store {
  readonly #database = new MemoryDatabase();
  /** The statements with the simulated clock, by those of the service. */
  readonly #texts = new Map<string, string>();

  private constructor() {
    this.#database.open();
  }

  /** Opens an empty database, with all migrations. */
  static async open(): Promise<Store> {
    const store = new Store();
    await applyMigrations(store.#database, migrationsFolder);
    await store.#database.run([CREATE_CLOCK, INSERT_CLOCK, FORGET_CREATION], "write");
    return store;
  }

  /** Remembers the present rows, for `reset`. */
  keepState(): void {
    this.#database.keepState();
  }

  /**
   * Restores the rows that were kept.
   *
   * @param nonce eight characters, of which the ids of events are made
   */
  async reset(nonce: string): Promise<void> {
    this.#database.reset();
    await this.#database.run([setNonce(nonce)], "write");
  }

  /**
   * Runs a transaction.
   *
   * @param now milliseconds since the epoch
   * @returns the rows of each statement
   */
  async run(statements: readonly Statement[], mode: Mode, now: number, tick?: Tick): Promise<Row[][]> {
    const all = [setClock(now), ...statements.map(({ sql, params }) => ({ sql: this.#text(sql), params }))];
    if (tick !== undefined) all.splice(tick.before + 1, 0, setClock(tick.now));
    const rows = await this.#database.run(all, mode);
    if (tick !== undefined) rows.splice(tick.before + 1, 1);
    return rows.slice(1);
  }

  /** Runs a query outside of the simulation. */
  async query(sql: string, now: number): Promise<Row[]> {
    const [rows = []] = await this.run([{ sql, params: [] }], "read", now);
    return rows;
  }

  #text(sql: string): string {
    let text = this.#texts.get(sql);
    if (text === undefined) {
      text = simulated(sql);
      this.#texts.set(sql, text);
    }
    return text;
  }
}
