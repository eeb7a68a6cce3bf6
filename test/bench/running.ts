import { readFileSync } from "node:fs";
import path from "node:path";
import { migrateDatabase } from "../../src/cli/database/migrations.ts";
import type { Processes } from "../../src/cli/processes/processes.ts";
import { freePort, serverUrl, untilReady } from "../../src/cli/servers/ready.ts";
import { sqldCommand } from "../../src/cli/servers/sqld.ts";
import { workerdCommand } from "../../src/cli/servers/workerd.ts";
import type { WranglerConfig } from "../../src/cli/servers/wrangler.ts";
import { temporaryFolder } from "../../src/cli/settings/settings.ts";

/** A process that serves. */
export interface Server {
  readonly url: string;
  readonly pid: number;
}

/** A libSQL server with the service's tables, empty, and where its files are. */
export async function startDatabase(processes: Processes): Promise<Server & { readonly folder: string }> {
  const folder = path.join(temporaryFolder(), "sqld");
  const port = await freePort();
  const pid = processes.start(sqldCommand(folder, port));
  const url = serverUrl("127.0.0.1", port);
  await untilReady(`${url}/health`);
  await migrateDatabase({ kind: "libsql", url, authToken: undefined }, processes);
  return { url, pid: running(pid), folder };
}

/** What a Worker is started with. */
export interface Bundle {
  /** Where its `index.js` is. */
  readonly folder: string;
  readonly config: WranglerConfig;
}

/** A Worker on workerd, and how long that took to its first answer, milliseconds. */
export async function startWorker(
  { folder, config }: Bundle,
  variables: Readonly<Record<string, string>>,
  processes: Processes,
  path = "/healthcheck",
): Promise<Server & { readonly startMs: number }> {
  const port = await freePort();
  const url = serverUrl("127.0.0.1", port);
  const begun = performance.now();
  const command = workerdCommand(folder, { host: "127.0.0.1", port, variables, config });
  const pid = processes.start({ ...command, quiet: true });
  await untilReady(url + path);
  return { url, pid: running(pid), startMs: performance.now() - begun };
}

function running(pid: number | undefined): number {
  if (pid === undefined) throw new Error("the process has not started");
  return pid;
}

/** The memory that a process holds now, and has held at most, MB. */
export function memoryMb(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1000;
  return { now: mb("VmRSS"), most: mb("VmHWM") };
}

/** The CPU time that a process has used so far, milliseconds. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  // Linux counts in hundredths of a second.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
