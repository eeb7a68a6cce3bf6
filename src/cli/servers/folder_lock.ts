import path from "node:path";
import Database from "libsql";
import { CliError } from "../errors.ts";

/**
 * Locks a data folder, since sqld itself allows two servers on the same data. The lock is SQLite's, on a file beside
 * the data: the operating system releases it when this process ends, even after SIGKILL.
 *
 * @throws CliError if another process holds the lock
 */
export function lock(folder: string): void {
  // `isLocked` in another process holds the lock for a moment.
  const file = lockFile(folder, 500);
  try {
    file.exec("begin exclusive");
  } catch (error) {
    file.close();
    throw new CliError(
      `${folder} is in use by another process, such as \`npm run serve\` (${String(error)}).`,
    );
  }
  process.once("exit", () => file.close());
}

/** Returns whether a process holds the lock of a data folder. */
export function isLocked(folder: string): boolean {
  const file = lockFile(folder, 0);
  try {
    file.exec("begin exclusive");
    return false;
  } catch {
    return true;
  } finally {
    file.close();
  }
}

/** @param timeout milliseconds to wait for the lock */
const lockFile = (folder: string, timeout: number): Database.Database =>
  new Database(path.join(folder, "lock"), { timeout });
