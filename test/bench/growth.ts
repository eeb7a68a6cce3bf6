import { statSync } from "node:fs";
import path from "node:path";
import { type Exchange, rowsOf } from "../support/proxy.ts";
import { median } from "../support/statistics.ts";
import type { Bundle } from "../support/worker.ts";
import { fillDatabase } from "./dataset.ts";
import { growthOperations } from "./growth_operations.ts";
import type { Servers } from "./servers.ts";

/** The limit of an operation's time on the largest database, relative to the smallest. */
export const GOAL = 1.3;

/** How many of the transfers belong to the caller's project, by layout. */
const LAYOUTS = { "one project": (transfers: number) => transfers, "1,000 projects": () => 1000 } as const;
export type Layout = keyof typeof LAYOUTS;

/** An operation on a database of one size and layout. */
export interface Growth {
  readonly layout: Layout;
  readonly transfers: number;
  readonly operation: string;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** The median, in milliseconds. */
  readonly ms: number;
}

export interface GrowthResult {
  readonly growth: readonly Growth[];
  /** The size of the database files. */
  readonly bytes: readonly { readonly layout: Layout; readonly transfers: number; readonly bytes: number }[];
}

export interface GrowthSettings {
  /** The numbers of transfers to measure with. */
  readonly sizes: readonly number[];
  /** How often each operation is measured. */
  readonly repeats: number;
}

/** A filled database, with a Worker that connects to it directly and one that connects through a proxy. */
interface Candidate {
  readonly layout: Layout;
  readonly transfers: number;
  /** The URL of the Worker whose requests are timed. */
  readonly timedUrl: string;
  /** The URL of the Worker whose rows are counted. */
  readonly countedUrl: string;
  /** The exchanges of that Worker with its database. */
  readonly exchanges: Exchange[];
  /** By the name of the operation. */
  readonly times: Map<string, number[]>;
  readonly rows: Map<string, { read: number; written: number }>;
  readonly bytes: () => number;
}

/** Measures operations on databases of several sizes, in turns, so that other load on the machine affects all alike. */
export async function measureGrowth(
  bundle: Bundle,
  servers: Servers,
  { sizes, repeats }: GrowthSettings,
  log: (line: string) => void,
): Promise<GrowthResult> {
  const candidates: Candidate[] = [];
  for (const layout of ["one project", "1,000 projects"] as const) {
    for (const transfers of sizes) {
      candidates.push(await prepare(bundle, servers, layout, transfers, log));
    }
  }
  for (let repeat = 0; repeat <= repeats; repeat++) {
    for (const candidate of candidates) {
      await countRows(candidate);
      // The first time warms up.
      await measureTimes(candidate, repeat > 0);
    }
    if (repeat % 10 === 0) log(`growth, ${repeat} of ${repeats}`);
  }
  return {
    growth: candidates.flatMap(toGrowth),
    bytes: candidates.map(({ layout, transfers, bytes }) => ({ layout, transfers, bytes: bytes() })),
  };
}

async function countRows({ countedUrl, exchanges, rows }: Candidate): Promise<void> {
  for (const [operation, send] of growthOperations(countedUrl)) {
    exchanges.length = 0;
    await send();
    const counts = exchanges.map(rowsOf);
    const sum = (name: "read" | "written") => counts.reduce((total, count) => total + count[name], 0);
    rows.set(operation, { read: sum("read"), written: sum("written") });
  }
}

async function measureTimes({ timedUrl, times }: Candidate, keep: boolean): Promise<void> {
  for (const [operation, send] of growthOperations(timedUrl)) {
    const started = performance.now();
    await send();
    const ms = performance.now() - started;
    if (keep) times.set(operation, [...(times.get(operation) ?? []), ms]);
  }
}

const toGrowth = ({ layout, transfers, times, rows }: Candidate): Growth[] =>
  [...times].map(([operation, all]) => ({
    layout,
    transfers,
    operation,
    rowsRead: rows.get(operation)?.read ?? Number.NaN,
    rowsWritten: rows.get(operation)?.written ?? Number.NaN,
    ms: median(all),
  }));

async function prepare(
  bundle: Bundle,
  servers: Servers,
  layout: Layout,
  transfers: number,
  log: (line: string) => void,
): Promise<Candidate> {
  const database = await servers.startDatabase();
  const owned = Math.min(LAYOUTS[layout](transfers), transfers);
  await fillDatabase(database.url, { transfers, openOneIn: 10, owned }, (done) => {
    if (done % 200_000 === 0) log(`${layout}: ${done} of ${transfers} transfers`);
  });
  const exchanges: Exchange[] = [];
  const proxy = await servers.startProxy(database.url, {
    onExchange: (exchange) => exchanges.push(exchange),
  });
  const variables = (LIBSQL_URL: string) => ({ AUTH_STRATEGY: "noauth", LIBSQL_URL });
  const [timed, counted] = await Promise.all([
    servers.startWorker(bundle, variables(database.url)),
    servers.startWorker(bundle, variables(proxy.url)),
  ]);
  const file = path.join(database.folder, "dbs/default/data");
  return {
    layout,
    transfers,
    timedUrl: timed.url,
    countedUrl: counted.url,
    exchanges,
    times: new Map(),
    rows: new Map(),
    bytes: () => statSync(file).size + statSync(`${file}-wal`).size,
  };
}
