import path from "node:path";
import { migrateDatabase } from "../../src/cli/database/migrations.ts";
import type { Processes } from "../../src/cli/processes/processes.ts";
import { freePort, serverUrl, waitUntilReady } from "../../src/cli/servers/ready.ts";
import { sqldCommand } from "../../src/cli/servers/sqld.ts";
import { workerdCommand } from "../../src/cli/servers/workerd.ts";
import type { WranglerConfig } from "../../src/cli/servers/wrangler.ts";
import { temporaryFolder } from "../../src/cli/settings/settings.ts";

/** A running server. */
export interface Server {
  readonly url: string;
  readonly pid: number;
}

/** Starts a libSQL server with the empty tables of the service. */
export async function startDatabase(processes: Processes): Promise<Server & { readonly folder: string }> {
  const folder = path.join(temporaryFolder(), "sqld");
  const port = await freePort();
  const pid = processes.start(sqldCommand(folder, port));
  const url = serverUrl("127.0.0.1", port);
  await waitUntilReady(`${url}/health`);
  await migrateDatabase({ kind: "libsql", url, authToken: undefined }, processes);
  return { url, pid: assertStarted(pid), folder };
}

/** A built Worker. */
export interface Bundle {
  /** The folder of its `index.js`. */
  readonly folder: string;
  readonly config: WranglerConfig;
}

/**
 * Starts a Worker on workerd.
 *
 * @param healthPath answers 200 once the Worker is ready
 * @returns the server, and the time from its start to its first response in milliseconds
 */
export async function startWorker(
  { folder, config }: Bundle,
  variables: Readonly<Record<string, string>>,
  processes: Processes,
  healthPath = "/healthcheck",
): Promise<Server & { readonly startMs: number }> {
  const port = await freePort();
  const url = serverUrl("127.0.0.1", port);
  const started = performance.now();
  const command = workerdCommand(folder, { host: "127.0.0.1", port, variables, config });
  const pid = processes.start({ ...command, quiet: true });
  await waitUntilReady(url + healthPath);
  return { url, pid: assertStarted(pid), startMs: performance.now() - started };
}

function assertStarted(pid: number | undefined): number {
  if (pid === undefined) throw new Error("the process has not started");
  return pid;
}
