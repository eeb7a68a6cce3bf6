import { setTimeout as sleep } from "node:timers/promises";
import type { Processes } from "../../src/cli/processes/processes.ts";
import { SQLD_MAX_WRITES } from "../../src/cli/servers/sqld.ts";
import { AS, fill, idleVolumeId, OTHER, OWNER, resetIdle, transferId } from "./dataset.ts";
import { recorded, startFloor } from "./floor.ts";
import { load, type Measured } from "./http_load.ts";
import { median } from "./median.ts";
import { OPERATIONS, type OperationName, ofFloor, ofService, readOffer } from "./operations.ts";
import { startProxy } from "./proxy.ts";
import { type Bundle, cpuMs, memoryMb, type Server, startDatabase, startWorker } from "./running.ts";

/** Of the floor's requests per second, so many the service must reach. */
export const GOALS: Readonly<Partial<Record<OperationName, number>>> = {
  show: 0.8,
  list: 0.7,
  "create and accept": 0.8,
};

/** An operation under the load of so many connections. */
interface Throughput {
  readonly operation: OperationName;
  readonly connections: number;
  /** Medians over the rounds. */
  readonly service: Side;
  readonly floor: Side;
  /** The service's requests per second, of the floor's. */
  readonly ratio: number;
}
interface Side {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time of workerd for one request, milliseconds. */
  readonly cpuMs: number;
}

export interface ThroughputResult {
  readonly throughput: readonly Throughput[];
  readonly startMs: number;
  /** Resident memory, MB. */
  readonly memory: Readonly<Record<"workerd" | "sqld", { readonly rest: number; readonly load: number }>>;
}

/**
 * Measures the service and the floor in turns, on one libSQL server.
 *
 * @param rounds how many turns, each of so many seconds
 */
export async function measureThroughput(
  bundle: Bundle,
  processes: Processes,
  { rounds, seconds, connections }: { rounds: number; seconds: number; connections: readonly number[] },
  log: (line: string) => void,
): Promise<ThroughputResult> {
  const database = await startDatabase(processes);
  await fill(database.url, { transfers: 10_000, liveOneIn: 10, owned: 10_000 }, () => {});
  const variables = { AUTH_STRATEGY: "noauth", LIBSQL_URL: database.url, LIBSQL_MAX_WRITES: SQLD_MAX_WRITES };
  const service = await startWorker(bundle, variables, processes);
  const floor = await startFloor(
    await record(bundle, processes, database.url),
    database.url,
    bundle.config,
    processes,
  );
  const rest = { workerd: memoryMb(service.pid).now, sqld: memoryMb(database.pid).now };

  const throughput: Throughput[] = [];
  for (const operation of OPERATIONS) {
    for (const count of connections) {
      const measured: Record<"service" | "floor", Side[]> = { service: [], floor: [] };
      for (let round = 0; round <= rounds; round++) {
        for (const [side, server, steps] of [
          ["service", service, ofService[operation]],
          ["floor", floor, ofFloor[operation]],
        ] as const) {
          // What was under way when the load before ended goes on to its end.
          await sleep(250);
          await resetIdle(database.url);
          const one = await withCpu(server, () => load(server.url, count, seconds, steps));
          // The first round warms up.
          if (round > 0) measured[side].push(one);
        }
      }
      const [ours, theirs] = [medians(measured.service), medians(measured.floor)];
      const ratio = ours.requestsPerSecond / theirs.requestsPerSecond;
      throughput.push({ operation, connections: count, service: ours, floor: theirs, ratio });
      log(
        `${operation}, ${count} connections: ${ours.requestsPerSecond.toFixed(0)} requests/s, ` +
          `floor ${theirs.requestsPerSecond.toFixed(0)}, ratio ${ratio.toFixed(2)}`,
      );
    }
  }
  return {
    throughput,
    startMs: service.startMs,
    memory: {
      workerd: { rest: rest.workerd, load: memoryMb(service.pid).most },
      sqld: { rest: rest.sqld, load: memoryMb(database.pid).most },
    },
  };
}

async function withCpu(server: Server, run: () => Promise<Measured>): Promise<Side> {
  const before = cpuMs(server.pid);
  const { requests, ...measured } = await run();
  return { ...measured, cpuMs: (cpuMs(server.pid) - before) / requests };
}

const medians = (sides: readonly Side[]): Side => {
  const of = (name: keyof Side) => median(sides.map((side) => side[name]));
  return { requestsPerSecond: of("requestsPerSecond"), p50: of("p50"), p99: of("p99"), cpuMs: of("cpuMs") };
};

/** Has the service do each operation once, and records what it sends to the database. */
async function record(bundle: Bundle, processes: Processes, libsqlUrl: string) {
  const proxy = await startProxy(libsqlUrl);
  const variables = { AUTH_STRATEGY: "noauth", LIBSQL_URL: proxy.url };
  const { url } = await startWorker(bundle, variables, processes);
  const call = async (headers: Record<string, string>, method: string, path: string, body?: unknown) => {
    proxy.exchanges();
    const response = await fetch(`${url}/v3/volume-transfers${path}`, {
      method,
      headers: { ...headers, "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    const [exchange, ...more] = proxy.exchanges();
    if (!response.ok || exchange === undefined || more.length > 0)
      throw new Error(`${method} ${path}: ${text}`);
    return { exchange, text };
  };
  const offer = async () => {
    const volume = idleVolumeId(1);
    const { exchange, text } = await call(AS.owner, "POST", "", { transfer: { volume_id: volume } });
    const transfer = readOffer(text);
    const names = new Map([
      [transfer.id, "id"],
      [volume, "volume"],
      [OWNER, "project"],
    ]);
    return { transfer, create: recorded(exchange, names) };
  };
  const show = await call(AS.owner, "GET", `/${transferId(20)}`);
  const list = await call(AS.owner, "GET", "/detail?limit=50");
  const first = await offer();
  const deleted = await call(AS.owner, "DELETE", `/${first.transfer.id}`);
  const second = await offer();
  const { id, auth_key } = second.transfer;
  const accepted = await call(AS.other, "POST", `/${id}/accept`, { accept: { auth_key } });
  proxy.close();
  return {
    show: recorded(show.exchange, new Map()),
    list: recorded(list.exchange, new Map()),
    create: first.create,
    delete: recorded(
      deleted.exchange,
      new Map([
        [first.transfer.id, "id"],
        [OWNER, "project"],
      ]),
    ),
    accept: recorded(
      accepted.exchange,
      new Map([
        [id, "id"],
        [OTHER, "project"],
      ]),
    ),
  };
}
