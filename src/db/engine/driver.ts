import { ConfigurationError } from "../../config/config.ts";

/** A statement, and the values of its parameters, in order. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly Value[];
}
export type Value = string | number | boolean | null;
/** The values of a row, in the order of its columns. */
export type Row = ArrayLike<unknown>;

/**
 * `read` for statements that only read: they neither wait for a writer nor block one. A `write` transaction takes the
 * write lock with its first statement: one that read first and wrote later would fail if another had written in
 * between.
 */
export type Mode = "read" | "write";

/** The connection to D1, or to a libSQL server. */
export interface Driver {
  /**
   * Runs statements in order, in one transaction and one round trip.
   *
   * @returns the rows of each statement
   */
  run(statements: readonly Statement[], mode: Mode): Promise<Row[][]>;
  /** Waits until other requests have had a turn; undefined where a read does not stop them. */
  readonly pause?: () => Promise<void>;
}

/** Statements with their values, to run in one transaction and one round trip. */
export interface Batch<Result> {
  readonly statements: readonly Statement[];
  /** Reads the rows of the statements, in the statements' order. */
  readonly read: (rows: readonly (readonly Row[])[]) => Result;
  /** The most bytes that the rows may have, about; undefined for a few rows. */
  readonly maxBytes?: number;
  /** The project that reads the rows; undefined if it reads those of all. Projects with large results take turns. */
  readonly project?: string | undefined;
  /** Makes the statements that find out whether the batch has taken effect; undefined if nothing shows it. */
  readonly evidence?: (() => Evidence) | undefined;
}

/** Finds out, by what a batch writes, whether it has taken effect. */
export interface Evidence {
  readonly statements: readonly Statement[];
  /**
   * Returns the rows of the batch's own statements, from those of the evidence.
   *
   * @returns undefined if the batch has not taken effect
   */
  readonly read: (rows: readonly (readonly Row[])[]) => readonly (readonly Row[])[] | undefined;
}

/** The rows of each statement of an exchange, and D1's bookmark after it. */
export interface ExchangeResult {
  readonly rows: readonly (readonly Row[])[];
  readonly bookmark: string | undefined;
}

/**
 * Runs statements as one transaction.
 *
 * @param signal is aborted when the request has timed out; undefined where it cannot
 * @throws DatabaseUnavailable, or the error of a statement
 */
export type Exchange = (statements: readonly Statement[], signal?: AbortSignal) => Promise<ExchangeResult>;

/** The error codes of SQLite, libSQL and D1 that mean that the statement itself is wrong. */
const DEFECT =
  /\b(SQLITE_(ERROR|CONSTRAINT|MISMATCH|RANGE|TOOBIG|MISUSE|SCHEMA|AUTH)|SQL_\w+|ARGS_\w+|D1_(TYPE|COLUMN)\w*)/;

/** SQLite's messages for a statement that is right for another version of the schema. */
const OTHER_SCHEMA = /\bno such (table|column)\b/;

const MIGRATIONS_MISSING =
  "the database lacks migrations. `npm run migrate -- --local` applies them to the D1 of `wrangler dev`, " +
  "`npm run migrate -- --remote` to the deployed one, and `npm run migrate` to that of LIBSQL_URL";

/** SQLite's codes, and the one of sqld, that mean that the transaction was rolled back, or has not begun. */
const ROLLED_BACK = /\b(SQLITE_(BUSY|LOCKED|FULL|READONLY)|BLOCKED\b)/;

/** The database is unreachable, full, read-only or too busy. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
  /** Whether the statements may have been committed, or may be committed later. */
  readonly inDoubt: boolean;

  constructor(message: string, { inDoubt, ...options }: ErrorOptions & { readonly inDoubt: boolean }) {
    super(message, options);
    this.inDoubt = inDoubt;
  }
}

/** The result is larger than the database returns. */
export class ResultTooLarge extends Error {
  override readonly name = "ResultTooLarge";
}

/** The error of a libSQL server, and those of the RPC by which workerd reads D1. */
const TOO_LARGE = /\bRESPONSE_TOO_LARGE\b|return values are limited to|Memory limit would be exceeded/;

/**
 * Returns whether the database reports that another connection holds the lock. A batch that writes takes the lock
 * first, so none of it has run. sqld sometimes reports this without waiting, during a checkpoint.
 */
export const isLocked = (error: unknown): boolean => /\bSQLITE_(BUSY|LOCKED)/.test(String(error));

/**
 * Returns the error to throw for a driver's error: the error itself if a statement or the configuration is wrong, a
 * `ConfigurationError` if migrations are missing, `ResultTooLarge`, else `DatabaseUnavailable`.
 */
export function toDatabaseError(error: unknown, mode: Mode = "write"): unknown {
  const text = String(error);
  if (OTHER_SCHEMA.test(text)) return new ConfigurationError([MIGRATIONS_MISSING], { cause: error });
  if (TOO_LARGE.test(text)) return new ResultTooLarge("the database's result is too large", { cause: error });
  return error instanceof ConfigurationError || DEFECT.test(text)
    ? error
    : new DatabaseUnavailable("the database failed", {
        cause: error,
        inDoubt: mode === "write" && !ROLLED_BACK.test(text),
      });
}
