import type { Mode } from "../db/engine/driver.ts";

/** Keeps a write-ahead log: readers do not wait for a writer, nor it for them. */
export const USE_LOG = "pragma journal_mode = wal";

/** Puts each commit on disk. */
export const SYNC_COMMITS = "pragma synchronous = full";
/** Puts only checkpoints on disk: a power failure can lose the last commits. */
export const SYNC_CHECKPOINTS = "pragma synchronous = normal";

export const BEGIN: Readonly<Record<Mode, string>> = { read: "begin", write: "begin immediate" };
export const COMMIT = "commit";
export const ROLLBACK = "rollback";

/** Leaves it to `Checkpoints` to move the log into the file. */
export const NO_CHECKPOINTS = "pragma wal_autocheckpoint = 0";
/** Makes the statement that sets to how many bytes the log is cut off when it begins anew. */
export const limitLog = (bytes: number) => `pragma journal_size_limit = ${bytes}`;

/** Moves the part of the log that no reader needs into the file, without waiting for readers or writers. */
export const PASSIVE_CHECKPOINT = "pragma wal_checkpoint(passive)";
/** Waits for no other process. */
export const NO_WAIT = "pragma busy_timeout = 0";
/** Moves the log into the file, and empties it. */
export const TRUNCATE_LOG = "pragma wal_checkpoint(truncate)";

const RETURNING = " returning ";

/**
 * Makes a statement that returns each row as one text, a JSON array, of a statement that changes rows and returns them.
 * Of any other statement it makes one that is invalid.
 */
export function returningJson(sql: string): string {
  const end = sql.lastIndexOf(RETURNING);
  return `${sql.slice(0, end)}${RETURNING}json_array(${sql.slice(end + RETURNING.length)})`;
}

/**
 * Makes a statement that returns the rows of another as one text, a JSON array of arrays. The schema has texts and whole
 * numbers alone, which JSON keeps; a text that is JSON stays a text.
 *
 * @param columns the number of the other statement's columns
 */
export function asJson(sql: string, columns: number): string {
  const names = Array.from({ length: columns }, (_, i) => `"${i}"`).join();
  return `with result(${names}) as (${sql}) select json_group_array(json_array(${names})) from result`;
}
