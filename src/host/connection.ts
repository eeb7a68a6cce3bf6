import { statSync } from "node:fs";
import Database from "libsql";
import { BoundedCache } from "../db/engine/bounded_cache.ts";
import type { Mode, Row, Statement, Value } from "../db/engine/driver.ts";
import {
  asJson,
  BEGIN,
  COMMIT,
  limitLog,
  NO_CHECKPOINTS,
  NO_WAIT,
  PASSIVE_CHECKPOINT,
  ROLLBACK,
  returningJson,
  SYNC_CHECKPOINTS,
  SYNC_COMMITS,
  TRUNCATE_LOG,
  USE_LOG,
} from "./connection.sql.ts";

/** The characters of the prepared statements that a connection keeps. SQLite's form of them is several times as large. */
const MAX_CHARACTERS = 2_000_000;

/** The bytes that the log keeps when it begins anew. */
const LOG_BYTES = 67_108_864;
/** The bytes by which it becomes smaller at once. To cut off a gigabyte takes a second, in which no commit is possible. */
const CUT_BYTES = 67_108_864;

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
  readonly #file: string;
  /** The prepared statements by their text. */
  readonly #statements = new BoundedCache<Run>(MAX_CHARACTERS);

  /**
   * Opens the file, and creates it if it does not exist.
   *
   * @throws Error with SQLite's code in its message
   */
  constructor(file: string, { syncsWrites }: ConnectionOptions) {
    this.#file = file;
    this.#db = withCode(() => new Database(file, { timeout: BUSY_TIMEOUT_MS }));
    try {
      const sync = syncsWrites ? SYNC_COMMITS : SYNC_CHECKPOINTS;
      for (const pragma of [USE_LOG, sync, NO_CHECKPOINTS]) this.#all(pragma);
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

  /** Moves as much of the log into the file as no reader needs. A log that a long reader has made large becomes smaller. */
  checkpoint(): void {
    const bytes = statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    // SQLite does what this says when it is prepared, so that it cannot be prepared once and kept.
    this.#db.exec(limitLog(Math.max(LOG_BYTES, bytes - CUT_BYTES)));
    this.#all(PASSIVE_CHECKPOINT);
  }

  /** Moves the log into the file, and empties it unless another process reads it. */
  truncateLog(): void {
    this.#all(NO_WAIT);
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
    if (kept !== undefined) return kept;
    const run = prepare(this.#db, sql);
    this.#statements.set(sql, run, sql.length);
    return run;
  }
}

type Prepared = Database.Statement;

/** Prepares a statement. What it returns keeps only the form that is run in memory. */
function prepare(db: Database.Database, sql: string): Run {
  const statement = db.prepare(sql);
  if (!statement.reader) return runWithoutRows(statement);
  const json = prepareIfValid(db, asJson(sql, statement.columns().length));
  if (json !== undefined) return runAsJson(json);
  const returning = prepareIfValid(db, returningJson(sql));
  if (returning !== undefined) return runReturning(returning);
  // Neither: a pragma.
  return runRaw(statement.raw(true));
}

const runWithoutRows =
  (statement: Prepared): Run =>
  (params) => {
    statement.run(params.map(bindable));
    return [];
  };

const runAsJson =
  (statement: Prepared): Run =>
  (params) => {
    // The statement returns one row, whose only column is a JSON array of rows.
    const [rows] = statement.get(params.map(bindable)) as [string];
    return JSON.parse(rows) as Row[];
  };

const runReturning =
  (statement: Prepared): Run =>
  (params) => {
    // The only column of each row is a JSON array of its values.
    const rows = statement.all(params.map(bindable)) as [string][];
    return rows.map(([row]) => (JSON.parse(row) as unknown[]).map(asText));
  };

const runRaw =
  (statement: Prepared): Run =>
  (params) =>
    // A raw row is an array of its values.
    statement.all(params.map(bindable)) as Row[];

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
