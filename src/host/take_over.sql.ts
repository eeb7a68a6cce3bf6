/** Moves the log into the file. */
export const CHECKPOINT = "pragma wal_checkpoint(truncate)";

/** Removes the log, after its last content was moved into the file. */
export const END_LOG = "pragma journal_mode = delete";
