import { freePort } from "../support/free_port.ts";
import { cpuMs } from "../support/process_stats.ts";
import { HOST, RestartableServer } from "../support/restartable_server.ts";
import type { Bundle } from "../support/worker.ts";
import { workerdCommand } from "../support/workerd.ts";
import { type ProfilePart, partsOf, profileWorker } from "./cpu_profile.ts";
import { fillDatabase } from "./dataset.ts";
import { runLoad } from "./http_load.ts";
import { SERVICE_OPERATIONS } from "./operations.ts";
import type { Servers } from "./servers.ts";

/** What a show costs workerd, by part. */
export interface ProfileResult {
  readonly connections: number;
  /** The CPU time of workerd per request, milliseconds, with the profiler and every request logged. */
  readonly cpuMs: number;
  /** The same with `LOG_REQUESTS=errors`. */
  readonly cpuMsUnlogged: number;
  readonly parts: readonly ProfilePart[];
}

/** Profiles workerd while it answers shows. */
export async function measureProfile(
  bundle: Bundle,
  servers: Servers,
  { seconds, connections }: { readonly seconds: number; readonly connections: number },
  log: (line: string) => void,
): Promise<ProfileResult> {
  const database = await servers.startDatabase();
  await fillDatabase(database.url, { transfers: 10_000, openOneIn: 10, owned: 10_000 }, () => {});
  const profileWith = async (LOG_REQUESTS: string) => {
    const [port, inspectorPort] = [await freePort(), await freePort()];
    const variables = { AUTH_STRATEGY: "noauth", LIBSQL_URL: database.url, LOG_REQUESTS };
    const command = workerdCommand(bundle.folder, { host: HOST, port, variables, config: bundle.config });
    const [serve = "", ...args] = command.args;
    const inspector = `${HOST}:${inspectorPort}`;
    const inspected = { ...command, args: [serve, `--inspector-addr=${inspector}`, ...args], quiet: true };
    const worker = new RestartableServer(inspected, port, "/healthcheck");
    servers.onStop(() => worker.kill());
    await worker.start();
    const load = () => runLoad(worker.url, connections, seconds, SERVICE_OPERATIONS.show);
    await load();
    const before = cpuMs(worker.process.pid);
    let requests = 0;
    const profile = await profileWorker(inspector, async () => {
      ({ requests } = await load());
    });
    return {
      cpuMs: (cpuMs(worker.process.pid) - before) / requests,
      parts: partsOf(profile, bundle.folder, requests),
    };
  };
  const unlogged = await profileWith("errors");
  const logged = await profileWith("all");
  for (const { part, ms } of logged.parts.slice(0, 12)) log(`${part}: ${ms.toFixed(3)} ms`);
  return { connections, cpuMs: logged.cpuMs, cpuMsUnlogged: unlogged.cpuMs, parts: logged.parts };
}
