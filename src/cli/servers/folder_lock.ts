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
  const file = new Database(path.join(folder, "lock"));
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
