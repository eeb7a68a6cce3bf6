import { setImmediate as nextTurn } from "node:timers/promises";
import type { Driver, Statement } from "../db/engine/driver.ts";
import { Connection } from "./connection.ts";
import { deleteRows, insertRow, rowsOf, TABLES } from "./memory_database.sql.ts";

/** A database in the memory of this process, for tests. */
export class MemoryDatabase implements Driver {
  readonly name = "in memory";
  #connection: Connection | undefined;
  /** Restore the rows that `keepState` has found. */
  #statements: readonly Statement[] = [];

  open(): void {
    this.#connection ??= new Connection(":memory:", { syncsWrites: false });
  }

  run: Driver["run"] = async (statements, mode) => this.#opened.run(statements, mode);

  readonly pause = (): Promise<void> => nextTurn();

  /** Remembers the present rows, for `reset`. */
  keepState(): void {
    const tables = this.#query(TABLES).map((row) => String(row[0]));
    this.#statements = [
      ...tables.map(deleteRows),
      ...tables.flatMap((table) => this.#query(rowsOf(table)).map((row) => insertRow(table, row))),
    ];
  }

  /** Restores the rows that were kept. */
  reset(): void {
    this.#opened.run(this.#statements, "write");
  }

  close(): Promise<void> {
    this.#connection?.close();
    this.#connection = undefined;
    return Promise.resolve();
  }

  get #opened(): Connection {
    if (this.#connection === undefined) throw new Error("the database is not open");
    return this.#connection;
  }

  #query(statement: Statement) {
    return this.#opened.run([statement], "read")[0] ?? [];
  }
}
