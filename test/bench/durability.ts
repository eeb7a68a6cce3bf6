import { createServer } from "node:http";
import { startWalSync } from "../../src/cli/servers/wal_sync.ts";
import { freePort } from "../support/free_port.ts";
import type { LibsqlServer } from "../support/libsql.ts";
import { untilIdle } from "../support/process_stats.ts";
import type { RestartableServer } from "../support/restartable_server.ts";
import { HOST } from "../support/restartable_server.ts";
import { median } from "../support/statistics.ts";
import type { Bundle } from "../support/worker.ts";
import { fillDatabase, resetIdleVolumes } from "./dataset.ts";
import { runLoad } from "./http_load.ts";
import { SERVICE_OPERATIONS } from "./operations.ts";
import type { Servers } from "./servers.ts";

/** How a commit is put on disk before its response: not at all, by `fdatasync`, or by a checkpoint of sqld. */
const SYNC_METHODS = ["none", "fdatasync", "checkpoint"] as const;
type SyncMethod = (typeof SYNC_METHODS)[number];

/** Create and accept with a number of connections; medians over the rounds. */
export interface DurabilityMeasurement {
  readonly connections: number;
  readonly requestsPerSecond: Readonly<Record<SyncMethod, number>>;
  /** Milliseconds. */
  readonly p50: Readonly<Record<SyncMethod, number>>;
}

export interface DurabilitySettings {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: readonly number[];
}

/** Measures what it costs to put commits on disk: three Workers on one database, in alternating rounds. */
export async function measureDurability(
  bundle: Bundle,
  servers: Servers,
  { rounds, seconds, connections: numbers }: DurabilitySettings,
  log: (line: string) => void,
): Promise<DurabilityMeasurement[]> {
  const database = await servers.startDatabase();
  await fillDatabase(database.url, { transfers: 1000, openOneIn: 10, owned: 1000 }, () => {});
  const start = async (walSync?: string) =>
    servers.startWorker(bundle, { AUTH_STRATEGY: "noauth", LIBSQL_URL: database.url }, { walSync });
  const workers: Readonly<Record<SyncMethod, RestartableServer>> = {
    none: await start(),
    fdatasync: await start(await startWalSync(database.folder)),
    checkpoint: await start(await startCheckpoints(database, servers)),
  };
  const measurements: DurabilityMeasurement[] = [];
  for (const connections of numbers) {
    const results = perMethod(() => ({ rates: [] as number[], p50: [] as number[] }));
    for (let round = 0; round <= rounds; round++) {
      for (const method of SYNC_METHODS) {
        await resetIdleVolumes(database.url);
        const steps = SERVICE_OPERATIONS["create and accept"];
        const { requestsPerSecond, p50 } = await runLoad(workers[method].url, connections, seconds, steps);
        // Requests of the last moment may still write.
        await untilIdle(workers[method].process.pid);
        if (round === 0) continue;
        results[method].rates.push(requestsPerSecond);
        results[method].p50.push(p50);
      }
    }
    const measurement = {
      connections,
      requestsPerSecond: perMethod((method) => median(results[method].rates)),
      p50: perMethod((method) => median(results[method].p50)),
    };
    measurements.push(measurement);
    const rates = SYNC_METHODS.map(
      (method) => `${method} ${measurement.requestsPerSecond[method].toFixed(0)}`,
    );
    log(`create and accept, ${connections} connections, requests/s: ${rates.join(", ")}`);
  }
  return measurements;
}

const perMethod = <T>(of: (method: SyncMethod) => T): Record<SyncMethod, T> => ({
  none: of("none"),
  fdatasync: of("fdatasync"),
  checkpoint: of("checkpoint"),
});

/** Starts a server that makes sqld checkpoint its log, instead of putting the log on disk. */
async function startCheckpoints({ adminUrl }: LibsqlServer, servers: Servers): Promise<string> {
  const port = await freePort();
  const server = createServer((request, response) => {
    request.resume();
    fetch(`${adminUrl}/v1/namespaces/default/checkpoint`, { method: "POST" }).then(
      (checkpoint) => response.writeHead(checkpoint.ok ? 204 : 500).end(),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, HOST, resolve));
  servers.onStop(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${HOST}:${port}`;
}
