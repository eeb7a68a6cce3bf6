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

/** Moves the log into the file, and empties it. */
export const CHECKPOINT = "pragma wal_checkpoint(truncate)";
