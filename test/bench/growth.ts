import { statSync } from "node:fs";
import path from "node:path";
import type { Processes } from "../../src/cli/processes/processes.ts";
import { AS, fill, idleVolumeId, transferId, UNIQUE_NAME } from "./dataset.ts";
import { median } from "./median.ts";
import { readOffer } from "./operations.ts";
import { type DatabaseProxy, rowsOf, startProxy } from "./proxy.ts";
import { type Bundle, startDatabase, startWorker } from "./running.ts";

/** How much longer an operation may take on the largest database than on the smallest. */
export const GOAL = 1.3;

/** How the transfers lie: all in one project, or spread over 1,000, of which the caller's has 1,000. */
const LAYOUTS = { "one project": (transfers: number) => transfers, "1,000 projects": () => 1000 } as const;
export type Layout = keyof typeof LAYOUTS;

/** An operation on a database of one size. */
export interface Growth {
  readonly layout: Layout;
  readonly transfers: number;
  readonly operation: string;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** The median, milliseconds. */
  readonly ms: number;
}

/** A Worker that goes straight to its database, and one that goes through what counts rows. */
interface Filled {
  readonly layout: Layout;
  readonly transfers: number;
  readonly direct: string;
  readonly counted: string;
  readonly proxy: DatabaseProxy;
  readonly times: Map<string, number[]>;
  readonly rows: Map<string, { read: number; written: number }>;
  readonly bytes: () => number;
}

/**
 * Measures operations on databases of several sizes, in turns, so that whatever else the machine does meets all.
 *
 * @returns each operation on each database, and how many bytes the files of each hold
 */
export async function measureGrowth(
  bundle: Bundle,
  processes: Processes,
  { sizes, repeats }: { sizes: readonly number[]; repeats: number },
  log: (line: string) => void,
): Promise<{ growth: Growth[]; bytes: { layout: Layout; transfers: number; bytes: number }[] }> {
  const filled: Filled[] = [];
  for (const layout of ["one project", "1,000 projects"] as const) {
    for (const transfers of sizes) filled.push(await fillOne(bundle, processes, layout, transfers, log));
  }
  for (let repeat = 0; repeat <= repeats; repeat++) {
    for (const one of filled) {
      for (const [operation, request] of operations(one.counted)) {
        one.proxy.exchanges();
        await request();
        const rows = one.proxy.exchanges().map(rowsOf);
        const sum = (name: "read" | "written") => rows.reduce((all, each) => all + each[name], 0);
        one.rows.set(operation, { read: sum("read"), written: sum("written") });
      }
      for (const [operation, request] of operations(one.direct)) {
        const begun = performance.now();
        await request();
        // The first time warms up.
        if (repeat > 0)
          one.times.set(operation, [...(one.times.get(operation) ?? []), performance.now() - begun]);
      }
    }
    if (repeat % 10 === 0) log(`growth, ${repeat} of ${repeats}`);
  }
  const growth = filled.flatMap(({ layout, transfers, times, rows }) =>
    [...times].map(([operation, all]) => ({
      layout,
      transfers,
      operation,
      rowsRead: rows.get(operation)?.read ?? Number.NaN,
      rowsWritten: rows.get(operation)?.written ?? Number.NaN,
      ms: median(all),
    })),
  );
  for (const { proxy } of filled) proxy.close();
  const bytes = filled.map(({ layout, transfers, bytes }) => ({ layout, transfers, bytes: bytes() }));
  return { growth, bytes };
}

async function fillOne(
  bundle: Bundle,
  processes: Processes,
  layout: Layout,
  transfers: number,
  log: (line: string) => void,
): Promise<Filled> {
  const database = await startDatabase(processes);
  const owned = Math.min(LAYOUTS[layout](transfers), transfers);
  await fill(database.url, { transfers, liveOneIn: 10, owned }, (done) => {
    if (done % 200_000 === 0) log(`${layout}: ${done} of ${transfers} transfers`);
  });
  const proxy = await startProxy(database.url);
  const variables = (LIBSQL_URL: string) => ({ AUTH_STRATEGY: "noauth", LIBSQL_URL });
  const [direct, counted] = await Promise.all([
    startWorker(bundle, variables(database.url), processes),
    startWorker(bundle, variables(proxy.url), processes),
  ]);
  const file = path.join(database.folder, "dbs/default/data");
  return {
    layout,
    transfers,
    direct: direct.url,
    counted: counted.url,
    proxy,
    times: new Map(),
    rows: new Map(),
    bytes: () => statSync(file).size + statSync(`${file}-wal`).size,
  };
}

/** The operations, in an order in which each finds what it needs. */
function operations(service: string): [name: string, request: () => Promise<void>][] {
  const call = async (as: keyof typeof AS, method: string, path: string, body?: unknown): Promise<string> => {
    const response = await fetch(`${service}/v3/volume-transfers${path}`, {
      method,
      headers: { ...AS[as], "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  };
  const get =
    (path: string, as: keyof typeof AS = "owner") =>
    async () =>
      void (await call(as, "GET", path));
  const deep = `marker=${transferId(500)}`;
  let offer = { id: "", auth_key: "" };
  const create = (as: keyof typeof AS) => async () => {
    const volume_id = idleVolumeId(1);
    offer = readOffer(await call(as, "POST", "", { transfer: { volume_id } }));
  };
  const accept = (as: keyof typeof AS) => async () => {
    await call(as, "POST", `/${offer.id}/accept`, { accept: { auth_key: offer.auth_key } });
  };
  const remove = async () => {
    await call("owner", "DELETE", `/${offer.id}`);
  };
  const list = "/detail?limit=20";
  return [
    ["show", get(`/${transferId(500)}`)],
    ["first page", get(list)],
    ["deep page, by marker", get(`${list}&${deep}`)],
    ["page sorted by name", get(`${list}&sort=display_name:asc`)],
    ["filtered by name", get(`${list}&name=${encodeURIComponent(UNIQUE_NAME)}`)],
    ["all_tenants page", get(`${list}&all_tenants=1`, "admin")],
    ["create", create("owner")],
    ["delete", remove],
    ["create, again", create("owner")],
    ["accept", accept("other")],
    ["create, by the other", create("other")],
    ["accept, back", accept("owner")],
  ];
}

/** What is shown of the operations: those that only put things back are not. */
export const SHOWN = [
  "show",
  "first page",
  "deep page, by marker",
  "page sorted by name",
  "filtered by name",
  "all_tenants page",
  "create",
  "accept",
  "delete",
];
