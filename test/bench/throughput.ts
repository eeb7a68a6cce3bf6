import type { Processes } from "../../src/cli/processes/processes.ts";
import type { LibsqlServer } from "../support/libsql.ts";
import { cpuMs, memoryMb, untilIdle } from "../support/process_stats.ts";
import type { DatabaseProxy } from "../support/proxy.ts";
import type { RestartableServer } from "../support/restartable_server.ts";
import { median } from "../support/statistics.ts";
import type { Bundle } from "../support/worker.ts";
import { fillDatabase, resetIdleVolumes } from "./dataset.ts";
import { startFloor } from "./floor.ts";
import { type LoadResult, runLoad } from "./http_load.ts";
import { FLOOR_OPERATIONS, OPERATION_NAMES, type OperationName, SERVICE_OPERATIONS } from "./operations.ts";
import { recordService } from "./record_service.ts";
import type { Servers } from "./servers.ts";

/** An operation with a number of connections. */
export interface Throughput {
  readonly operation: OperationName;
  readonly connections: number;
  readonly service: Measurement;
  readonly floor: Measurement;
  /** The throughput of the service, relative to the floor. */
  readonly ratio: number;
}

/** The medians over the rounds. */
interface Measurement {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  /** Milliseconds. */
  readonly p99: number;
  /** The CPU time of workerd per request, in milliseconds. */
  readonly cpuMs: number;
  /** The CPU time of sqld per request, in milliseconds. */
  readonly sqldCpuMs: number;
}

export interface ThroughputResult {
  readonly throughput: readonly Throughput[];
  /** From the start of workerd to the first response, in milliseconds. */
  readonly startMs: number;
  /** Resident memory after the start and at its peak, in MB. */
  readonly memory: Readonly<Record<"workerd" | "sqld", { readonly rest: number; readonly load: number }>>;
}

export interface ThroughputSettings {
  /** How many rounds are measured. One more warms up. */
  readonly rounds: number;
  /** The duration of a round. */
  readonly seconds: number;
  /** The numbers of connections to measure with. */
  readonly connections: readonly number[];
  /** The operations to measure; by default all. */
  readonly operations?: readonly OperationName[];
  /** What a proxy adds to the time of each exchange with the database, milliseconds; by default there is no proxy. */
  readonly delayMs?: number;
}

const TRANSFERS = 10_000;

/** Measures the service and the floor in alternating rounds, on one libSQL server. */
export async function measureThroughput(
  bundle: Bundle,
  processes: Processes,
  servers: Servers,
  settings: ThroughputSettings,
  log: (line: string) => void,
): Promise<ThroughputResult> {
  const database = await servers.startDatabase();
  await fillDatabase(database.url, { transfers: TRANSFERS, openOneIn: 10, owned: TRANSFERS }, () => {});
  // Both sides reach the database through the proxy, which also takes CPU time.
  const proxy =
    settings.delayMs === undefined
      ? undefined
      : await servers.startProxy(database.url, { delayMs: settings.delayMs });
  const libsqlUrl = proxy?.url ?? database.url;
  const started = performance.now();
  const service = await servers.startWorker(bundle, { AUTH_STRATEGY: "noauth", LIBSQL_URL: libsqlUrl });
  const startMs = performance.now() - started;
  const statements = await recordService(bundle, servers, database.url);
  const floor = await startFloor(statements, libsqlUrl, bundle.config, processes, servers);
  const [workerdPid, sqldPid] = [service.process.pid, database.server.process.pid];
  const rest = { workerd: memoryMb(workerdPid).now, sqld: memoryMb(sqldPid).now };

  const throughput: Throughput[] = [];
  for (const operation of settings.operations ?? OPERATION_NAMES) {
    for (const connections of settings.connections) {
      const measured = await alternate(operation, connections, settings, { service, floor }, database, proxy);
      throughput.push(measured);
      log(
        `${operation}, ${connections} connections: ${measured.service.requestsPerSecond.toFixed(0)} requests/s, ` +
          `floor ${measured.floor.requestsPerSecond.toFixed(0)}, ratio ${measured.ratio.toFixed(2)}`,
      );
    }
  }
  return {
    throughput,
    startMs,
    memory: {
      workerd: { rest: rest.workerd, load: memoryMb(workerdPid).peak },
      sqld: { rest: rest.sqld, load: memoryMb(sqldPid).peak },
    },
  };
}

/** Measures one operation on the service and on the floor, in turns. */
async function alternate(
  operation: OperationName,
  connections: number,
  { rounds, seconds }: ThroughputSettings,
  sides: Readonly<Record<"service" | "floor", RestartableServer>>,
  database: LibsqlServer,
  proxy: DatabaseProxy | undefined,
): Promise<Throughput> {
  const steps = { service: SERVICE_OPERATIONS[operation], floor: FLOOR_OPERATIONS[operation] };
  const measured: Record<"service" | "floor", Measurement[]> = { service: [], floor: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const side of ["service", "floor"] as const) {
      await resetIdleVolumes(database.url);
      const measurement = await withCpuTime(sides[side], database.server, () =>
        runLoad(sides[side].url, connections, seconds, steps[side]),
      );
      // Requests of the last moment may still write.
      await untilSettled(sides[side].process.pid, proxy);
      if (round > 0) measured[side].push(measurement);
    }
  }
  const [service, floor] = [medians(measured.service), medians(measured.floor)];
  const ratio = service.requestsPerSecond / floor.requestsPerSecond;
  return { operation, connections, service, floor, ratio };
}

/** Waits until a server is idle, and has no exchange with the database in flight. */
export async function untilSettled(pid: number, proxy: DatabaseProxy | undefined): Promise<void> {
  const count = () => (proxy === undefined ? 0 : proxy.exchanges.read + proxy.exchanges.write);
  let before: number;
  do {
    before = count();
    await proxy?.untilIdle();
    await untilIdle(pid);
  } while (count() > before);
}

async function withCpuTime(
  worker: RestartableServer,
  sqld: RestartableServer,
  run: () => Promise<LoadResult>,
): Promise<Measurement> {
  const times = () => [cpuMs(worker.process.pid), cpuMs(sqld.process.pid)] as const;
  const before = times();
  const { requests, ...result } = await run();
  const [ofWorker, ofSqld] = times();
  return {
    ...result,
    cpuMs: (ofWorker - before[0]) / requests,
    sqldCpuMs: (ofSqld - before[1]) / requests,
  };
}

function medians(measurements: readonly Measurement[]): Measurement {
  const of = (name: keyof Measurement) => median(measurements.map((measurement) => measurement[name]));
  return {
    requestsPerSecond: of("requestsPerSecond"),
    p50: of("p50"),
    p99: of("p99"),
    cpuMs: of("cpuMs"),
    sqldCpuMs: of("sqldCpuMs"),
  };
}
