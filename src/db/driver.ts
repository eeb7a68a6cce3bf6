/** A statement, and the values to bind to its parameters, in order. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly Value[];
}
export type Value = string | number | boolean | null;
/** The values of a row by column, in order. */
export type Row = ArrayLike<unknown>;

/**
 * `read` for statements that only read: they wait for no writer, and no writer for them. In a batch that may
 * `write` the transaction holds the write lock from its first statement: one that read first and wrote later would
 * fail if another had written in between.
 */
export type Mode = "read" | "write";

/** What runs statements: D1, or a libSQL server. */
export interface Server {
  /**
   * Runs statements in order, in one transaction and one round trip.
   *
   * @param signal is aborted when nobody waits any more
   * @returns the rows of each
   */
  run(statements: readonly Statement[], mode: Mode, signal: AbortSignal): Promise<Row[][]>;
}

/** The codes, in the errors of SQLite, libSQL and D1, of a statement that is at fault itself. */
const DEFECT =
  /\b(SQLITE_(ERROR|CONSTRAINT|MISMATCH|RANGE|TOOBIG|MISUSE|SCHEMA|AUTH)|SQL_\w+|ARGS_\w+|D1_(TYPE|COLUMN)\w*)/;

/** The database is away, cut off, full, read-only or too busy. What was asked may have been done all the same. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
}

/**
 * Whether the server says that another holds the lock. A batch that writes asks for it first, so nothing of it was
 * done. sqld says so now and then without waiting, while it moves its log into the database.
 */
export const isLocked = (error: unknown): boolean => /\bSQLITE_(BUSY|LOCKED)/.test(String(error));

/** What to throw for a server's error: itself where it tells of a defect of ours, else `DatabaseUnavailable`. */
export const serverError = (error: unknown): unknown =>
  DEFECT.test(String(error)) ? error : new DatabaseUnavailable("the database failed", { cause: error });
