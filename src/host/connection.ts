import Database from "libsql";
import type { Mode, Row, Statement, Value } from "../db/engine/driver.ts";
import {
  asJson,
  BEGIN,
  COMMIT,
  LIMIT_LOG,
  NO_CHECKPOINTS,
  PASSIVE_CHECKPOINT,
  ROLLBACK,
  returningJson,
  SYNC_CHECKPOINTS,
  SYNC_COMMITS,
  TRUNCATE_LOG,
  USE_LOG,
} from "./connection.sql.ts";

/** The number of prepared statements that a connection keeps. Callers choose sort orders, and must not fill the memory. */
const MAX_STATEMENTS = 500;

/** The time that a transaction waits for another process that writes, such as `import`, milliseconds. */
const BUSY_TIMEOUT_MS = 1000;

/** How a connection writes. */
export interface ConnectionOptions {
  /** Whether a commit is on disk before it is acknowledged. */
  readonly syncsWrites: boolean;
}

/** Runs a prepared statement. */
type Run = (params: readonly Value[]) => Row[];

/** A connection to a SQLite file. Its calls are synchronous. */
export class Connection {
  readonly #db: Database.Database;
  /** The prepared statements by their text, the one that was used last at the end. */
  readonly #statements = new Map<string, Run>();

  /**
   * Opens the file, and creates it if it does not exist.
   *
   * @throws Error with SQLite's code in its message
   */
  constructor(file: string, { syncsWrites }: ConnectionOptions) {
    this.#db = withCode(() => new Database(file, { timeout: BUSY_TIMEOUT_MS }));
    try {
      const sync = syncsWrites ? SYNC_COMMITS : SYNC_CHECKPOINTS;
      for (const pragma of [USE_LOG, sync, NO_CHECKPOINTS, LIMIT_LOG]) this.#all(pragma);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Runs statements in order, in one transaction, which is rolled back if one fails.
   *
   * @returns the rows of each statement
   * @throws Error with SQLite's code in its message
   */
  run(statements: readonly Statement[], mode: Mode): Row[][] {
    const [first, ...others] = statements;
    if (first === undefined) return [];
    // A single statement that reads is a transaction by itself.
    if (others.length === 0 && mode === "read") return [this.#all(first.sql, first.params)];
    this.#all(BEGIN[mode]);
    try {
      const rows = statements.map(({ sql, params }) => this.#all(sql, params));
      this.#all(COMMIT);
      return rows;
    } catch (error) {
      // SQLite has rolled back some of the failures by itself.
      if (this.#db.inTransaction) this.#all(ROLLBACK);
      throw error;
    }
  }

  /** Moves as much of the log into the file as no reader needs. */
  checkpoint(): void {
    this.#all(PASSIVE_CHECKPOINT);
  }

  /** Moves the log into the file, and empties it. */
  truncateLog(): void {
    this.#all(TRUNCATE_LOG);
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #all(sql: string, params: readonly Value[] = []): Row[] {
    return withCode(() => this.#prepare(sql)(params));
  }

  #prepare(sql: string): Run {
    const kept = this.#statements.get(sql);
    if (kept !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, kept);
      return kept;
    }
    const [oldest] = this.#statements.size >= MAX_STATEMENTS ? this.#statements.keys() : [];
    if (oldest !== undefined) this.#statements.delete(oldest);
    const run = prepare(this.#db, sql);
    this.#statements.set(sql, run);
    return run;
  }
}

function prepare(db: Database.Database, sql: string): Run {
  const statement = db.prepare(sql);
  if (!statement.reader) {
    return (params) => {
      statement.run(params.map(bindable));
      return [];
    };
  }
  const json = prepareIfValid(db, asJson(sql, statement.columns().length));
  if (json !== undefined) {
    return (params) => {
      // The statement returns one row, whose only column is a JSON array of rows.
      const [rows] = json.get(params.map(bindable)) as [string];
      return JSON.parse(rows) as Row[];
    };
  }
  const returning = prepareIfValid(db, returningJson(sql));
  if (returning !== undefined) {
    return (params) => {
      // The only column of each row is a JSON array of its values.
      const rows = returning.all(params.map(bindable)) as [string][];
      return rows.map(([row]) => (JSON.parse(row) as unknown[]).map(asText));
    };
  }
  // Neither: a pragma.
  const raw = statement.raw(true);
  // A raw row is an array of its values.
  return (params) => raw.all(params.map(bindable)) as Row[];
}

/**
 * Prepares the form of a statement that returns its rows as JSON: libsql takes longer to return a row than SQLite takes
 * to find and format it, and ends a text at a NUL.
 *
 * @returns undefined if the statement has no such form
 */
function prepareIfValid(db: Database.Database, sql: string) {
  try {
    return db.prepare(sql).raw(true);
  } catch {
    return undefined;
  }
}

/** A text that a function of JSON has just made is part of the array. */
const asText = (value: unknown): unknown =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : value;

/** libsql ends the process at a boolean. */
const bindable = (value: Value) => (typeof value === "boolean" ? Number(value) : value);

/** Runs a call, whose errors get SQLite's code in their messages, by which `db/engine/driver.ts` distinguishes them. */
function withCode<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    throw new Error(`${error.code}: ${error.message}`, { cause: error });
  }
}
