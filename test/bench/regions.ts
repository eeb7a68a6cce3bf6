import { regionalName } from "../../src/config/region_variables.ts";
import type { DatabaseProxy } from "../support/proxy.ts";
import type { RestartableServer } from "../support/restartable_server.ts";
import { median } from "../support/statistics.ts";
import type { Bundle } from "../support/worker.ts";
import { fillDatabase, resetIdleVolumes } from "./dataset.ts";
import { type LoadResult, runLoad, type Step } from "./http_load.ts";
import { SERVICE_OPERATIONS } from "./operations.ts";
import type { Servers } from "./servers.ts";
import { untilSettled } from "./throughput.ts";

/** What a proxy adds to the time of each exchange with a region's database, milliseconds. */
export const REGION_DELAY_MS = 10;

/** The creates and accepts of one Worker with a number of regions. */
interface RegionsThroughput {
  readonly regions: number;
  /** Of all regions together. */
  readonly requestsPerSecond: number;
  /** Relative to one region. */
  readonly ratio: number;
  /** Milliseconds, of the slowest region. */
  readonly p50: number;
  /** Milliseconds, of the slowest region. */
  readonly p99: number;
}

export interface RegionsResult {
  /** The connections of each region. */
  readonly connections: number;
  readonly throughput: readonly RegionsThroughput[];
}

export interface RegionsSettings {
  /** How many rounds are measured. One more warms up. */
  readonly rounds: number;
  /** The duration of a round. */
  readonly seconds: number;
  /** The numbers of regions to measure with. */
  readonly counts: readonly number[];
  /** The connections of each region. */
  readonly connections: number;
}

const TRANSFERS = 1000;

/** A region, and its database without the proxy. */
interface Region {
  readonly name: string;
  readonly databaseUrl: string;
  readonly proxy: DatabaseProxy;
}

/**
 * Measures create and accept on one Worker, with one region and with several, in alternating rounds. Each region has a
 * libSQL server of its own, behind a proxy that adds `REGION_DELAY_MS`, and the same number of connections.
 */
export async function measureRegions(
  bundle: Bundle,
  servers: Servers,
  { rounds, seconds, counts, connections }: RegionsSettings,
  log: (line: string) => void,
): Promise<RegionsResult> {
  const names = Array.from({ length: Math.max(...counts) }, (_, i) => `region${i + 1}`);
  const regions: Region[] = [];
  const variables: Record<string, string> = { AUTH_STRATEGY: "noauth", REGIONS: names.join(" ") };
  for (const name of names) {
    const database = await servers.startDatabase();
    await fillDatabase(database.url, { transfers: TRANSFERS, openOneIn: 10, owned: TRANSFERS }, () => {});
    const proxy = await servers.startProxy(database.url, { delayMs: REGION_DELAY_MS });
    variables[regionalName("LIBSQL_URL", name)] = proxy.url;
    regions.push({ name, databaseUrl: database.url, proxy });
  }
  const worker = await servers.startWorker(bundle, variables);
  const measured = new Map<number, LoadResult[]>();
  for (let round = 0; round <= rounds; round++) {
    for (const count of counts) {
      const result = await loadRegions(worker, regions.slice(0, count), connections, seconds);
      if (round > 0) measured.set(count, [...(measured.get(count) ?? []), result]);
    }
  }
  const single = medianOf(measured.get(Math.min(...counts)) ?? [], "requestsPerSecond");
  const throughput = counts.map((count): RegionsThroughput => {
    const results = measured.get(count) ?? [];
    const requestsPerSecond = medianOf(results, "requestsPerSecond");
    const ratio = requestsPerSecond / single;
    log(`${count} regions: ${requestsPerSecond.toFixed(0)} requests/s, ratio ${ratio.toFixed(2)}`);
    return {
      regions: count,
      requestsPerSecond,
      ratio,
      p50: medianOf(results, "p50"),
      p99: medianOf(results, "p99"),
    };
  });
  return { connections, throughput };
}

const medianOf = (results: readonly LoadResult[], name: keyof LoadResult): number =>
  median(results.map((result) => result[name]));

/** Runs create and accept in several regions at once. */
async function loadRegions(
  { url, process }: RestartableServer,
  regions: readonly Region[],
  connections: number,
  seconds: number,
): Promise<LoadResult> {
  for (const { databaseUrl, proxy } of regions) {
    // Requests of the last moment may still write.
    await untilSettled(process.pid, proxy);
    await resetIdleVolumes(databaseUrl);
  }
  const results = await Promise.all(
    regions.map(({ name }) =>
      runLoad(url, connections, seconds, (connection) =>
        SERVICE_OPERATIONS["create and accept"](connection).map((step) => inRegion(step, name)),
      ),
    ),
  );
  const sum = (property: "requests" | "requestsPerSecond") =>
    results.reduce((total, result) => total + result[property], 0);
  return {
    requests: sum("requests"),
    requestsPerSecond: sum("requestsPerSecond"),
    p50: Math.max(...results.map(({ p50 }) => p50)),
    p99: Math.max(...results.map(({ p99 }) => p99)),
  };
}

/** Returns the same step in a region. */
const inRegion = (step: Step, region: string): Step => ({
  ...step,
  request: () => {
    const { path, ...rest } = step.request();
    return { path: `/${region}${path}`, ...rest };
  },
});
