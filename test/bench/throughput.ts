import type { Processes } from "../../src/cli/processes/processes.ts";
import { SQLD_MAX_WRITES } from "../../src/cli/servers/sqld.ts";
import { fillDatabase, resetIdleVolumes } from "./dataset.ts";
import { startFloor } from "./floor.ts";
import { type LoadResult, runLoad } from "./http_load.ts";
import { FLOOR_OPERATIONS, OPERATION_NAMES, type OperationName, SERVICE_OPERATIONS } from "./operations.ts";
import { cpuMs, memoryMb, untilIdle } from "./process_stats.ts";
import { recordService } from "./record_service.ts";
import { type Bundle, type Server, startDatabase, startWorker } from "./servers.ts";
import { median } from "./statistics.ts";

/** The goal for the service's throughput, relative to the floor. */
export const GOALS: Readonly<Partial<Record<OperationName, number>>> = {
  show: 0.8,
  list: 0.7,
  "create and accept": 0.8,
};

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
}

const TRANSFERS = 10_000;

/** Measures the service and the floor in alternating rounds, on one libSQL server. */
export async function measureThroughput(
  bundle: Bundle,
  processes: Processes,
  settings: ThroughputSettings,
  log: (line: string) => void,
): Promise<ThroughputResult> {
  const database = await startDatabase(processes);
  await fillDatabase(database.url, { transfers: TRANSFERS, openOneIn: 10, owned: TRANSFERS }, () => {});
  const variables = { AUTH_STRATEGY: "noauth", LIBSQL_URL: database.url, LIBSQL_MAX_WRITES: SQLD_MAX_WRITES };
  const service = await startWorker(bundle, variables, processes);
  const statements = await recordService(bundle, processes, database.url);
  const floor = await startFloor(statements, database.url, bundle.config, processes);
  const rest = { workerd: memoryMb(service.pid).now, sqld: memoryMb(database.pid).now };

  const throughput: Throughput[] = [];
  for (const operation of OPERATION_NAMES) {
    for (const connections of settings.connections) {
      const measured = await alternate(operation, connections, settings, { service, floor }, database.url);
      throughput.push(measured);
      log(
        `${operation}, ${connections} connections: ${measured.service.requestsPerSecond.toFixed(0)} requests/s, ` +
          `floor ${measured.floor.requestsPerSecond.toFixed(0)}, ratio ${measured.ratio.toFixed(2)}`,
      );
    }
  }
  return {
    throughput,
    startMs: service.startMs,
    memory: {
      workerd: { rest: rest.workerd, load: memoryMb(service.pid).peak },
      sqld: { rest: rest.sqld, load: memoryMb(database.pid).peak },
    },
  };
}

/** Measures one operation on the service and on the floor, in turns. */
async function alternate(
  operation: OperationName,
  connections: number,
  { rounds, seconds }: ThroughputSettings,
  servers: Readonly<Record<"service" | "floor", Server>>,
  databaseUrl: string,
): Promise<Throughput> {
  const steps = { service: SERVICE_OPERATIONS[operation], floor: FLOOR_OPERATIONS[operation] };
  const measured: Record<"service" | "floor", Measurement[]> = { service: [], floor: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const side of ["service", "floor"] as const) {
      await resetIdleVolumes(databaseUrl);
      const measurement = await withCpuTime(servers[side], () =>
        runLoad(servers[side].url, connections, seconds, steps[side]),
      );
      // Requests of the last moment may still write.
      await untilIdle(servers[side].pid);
      if (round > 0) measured[side].push(measurement);
    }
  }
  const [service, floor] = [medians(measured.service), medians(measured.floor)];
  const ratio = service.requestsPerSecond / floor.requestsPerSecond;
  return { operation, connections, service, floor, ratio };
}

async function withCpuTime(server: Server, run: () => Promise<LoadResult>): Promise<Measurement> {
  const before = cpuMs(server.pid);
  const { requests, ...result } = await run();
  return { ...result, cpuMs: (cpuMs(server.pid) - before) / requests };
}

function medians(measurements: readonly Measurement[]): Measurement {
  const of = (name: keyof Measurement) => median(measurements.map((measurement) => measurement[name]));
  return { requestsPerSecond: of("requestsPerSecond"), p50: of("p50"), p99: of("p99"), cpuMs: of("cpuMs") };
}
