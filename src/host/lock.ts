import Database from "libsql";
import { OperatorError } from "./errors.ts";

/** The time to wait for a process that ends, milliseconds. */
const TIMEOUT_MS = 500;

/**
 * Locks a database for one service. The lock is SQLite's, on a file beside the database: the operating system releases
 * it when this process ends, even after SIGKILL. Commands may use the database meanwhile.
 *
 * @param name how messages name the database
 * @param lockFile the file beside it
 * @returns releases the lock
 * @throws OperatorError if another process holds it
 */
export function lock(name: string, lockFile = `${name}-lock`): () => void {
  const db = new Database(lockFile, { timeout: TIMEOUT_MS });
  try {
    db.exec("begin exclusive");
  } catch (error) {
    db.close();
    if (!(error instanceof Database.SqliteError && error.code === "SQLITE_BUSY")) throw error;
    throw new OperatorError(`${name} is in use by another service.`);
  }
  return () => db.close();
}
