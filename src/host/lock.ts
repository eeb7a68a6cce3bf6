import Database from "libsql";
import { OperatorError } from "./errors.ts";

/** The time to wait for a process that ends, milliseconds. */
const TIMEOUT_MS = 500;

/**
 * Locks a database file for one service. The lock is SQLite's, on a file beside the database: the operating system
 * releases it when this process ends, even after SIGKILL. Commands may use the database meanwhile.
 *
 * @returns releases the lock
 * @throws OperatorError if another process holds it
 */
export function lock(file: string): () => void {
  const db = new Database(`${file}-lock`, { timeout: TIMEOUT_MS });
  try {
    db.exec("begin exclusive");
  } catch (error) {
    db.close();
    if (!(error instanceof Database.SqliteError && error.code === "SQLITE_BUSY")) throw error;
    throw new OperatorError(`${file} is in use by another service.`);
  }
  return () => db.close();
}
