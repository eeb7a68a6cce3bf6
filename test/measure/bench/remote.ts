import { createClient } from "@libsql/client";
import { FakeKeystone } from "../../support/fake_keystone.ts";
import { startLibsql } from "../../support/libsql.ts";
import { type Exchange, rowsOf, startProxy } from "../../support/proxy.ts";
import { median } from "../../support/statistics.ts";
import { type Call, TOKENS, wholePath } from "../calls.ts";
import { everyEndpoint } from "../endpoints.ts";
import { SEEDED_TABLES, seed } from "../seed.ts";
import { type Scene, startService } from "./contenders.ts";
import { fillDatabase } from "./dataset.ts";
import { growthOperations } from "./growth_operations.ts";
import { type Race, type RaceSettings, race } from "./race.ts";

/** The delay that a proxy adds to each exchange with the database, milliseconds. */
export const DELAY_MS = 40;
/** The goal for the median of every endpoint, milliseconds: one exchange. */
export const ROUND_TRIP_GOAL_MS = 1.25 * DELAY_MS;
/** The rows of each kind for the round trips. */
const SIZE = 100;

/** The rows that SQLite reads and writes for an operation, indexes included. */
interface RowCount {
  readonly operation: string;
  readonly read: number;
  readonly written: number;
}

export interface RemoteResult {
  readonly race: Race;
  /** The median time of each endpoint, milliseconds. */
  readonly endpoints: readonly { readonly endpoint: string; readonly ms: number }[];
  readonly rows: readonly RowCount[];
}

export interface RemoteSettings extends RaceSettings {
  /** How often each endpoint is measured. */
  readonly repeats: number;
}

/** Measures the service with a libSQL server that is 40 ms away. */
export async function measureRemote(
  scene: Scene,
  { repeats, ...settings }: RemoteSettings,
  log: (line: string) => void,
): Promise<RemoteResult> {
  const exchanges: Exchange[] = [];
  const startDistant = async () => {
    const database = await startLibsql();
    scene.cleanup.defer(() => database.stop());
    const proxy = await startProxy(database.url, {
      delayMs: DELAY_MS,
      onExchange: (exchange) => exchanges.push(exchange),
    });
    scene.cleanup.defer(() => proxy.close());
    return { direct: database.url, variables: { LIBSQL_URL: proxy.url } };
  };
  const { direct, variables } = await startDistant();
  const options = { transfers: 1000, openOneIn: 1, owned: 1000 };
  const service = await startService(scene, { variables, fill: () => fillDatabase(direct, options) });
  const raced = await race([service], settings, log, ["show", "create and accept"]);
  const rows: RowCount[] = [];
  for (const [operation, send] of growthOperations(service.url)) {
    exchanges.length = 0;
    await send();
    const counts = exchanges.map(rowsOf);
    const sum = (name: "read" | "written") => counts.reduce((total, count) => total + count[name], 0);
    const [read, written] = [sum("read"), sum("written")];
    if (read === 0) throw new Error(`the database has not said how many rows ${operation} read`);
    rows.push({ operation, read, written });
  }
  return { race: raced, rows, endpoints: await measureEndpoints(scene, await startDistant(), repeats, log) };
}

/** Measures every endpoint, with tokens that the service has in its cache. */
async function measureEndpoints(
  scene: Scene,
  { direct, variables }: { readonly direct: string; readonly variables: Readonly<Record<string, string>> },
  repeats: number,
  log: (line: string) => void,
): Promise<RemoteResult["endpoints"]> {
  const keystone = await FakeKeystone.start();
  scene.cleanup.defer(() => keystone.stop());
  const { url } = await startService(scene, {
    variables: { ...variables, AUTH_STRATEGY: "keystone", KEYSTONE_URL: keystone.url },
    fill: () => Promise.resolve({ transfers: [], idle: [] }),
  });
  const tokens = new Map(
    Object.entries(TOKENS).map(([name, token]) => {
      const [user = "", project = "", roles = "member,reader"] = token.split(":");
      return [name, keystone.issue({ user, project, roles: roles.split(",") })];
    }),
  );
  const call: Call = async (as, method, path, body) => {
    const response = await fetch(url + wholePath(path), {
      method,
      redirect: "manual",
      headers: {
        "X-Auth-Token": tokens.get(as) ?? "",
        "OpenStack-API-Version": "volume latest",
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status >= 500) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
  };
  const times = new Map<string, number[]>();
  // The first pass fills the token cache.
  for (let repeat = 0; repeat <= repeats; repeat++) {
    const statements = [...SEEDED_TABLES.map((table) => `delete from ${table}`), ...seed(SIZE)];
    await createClient({ url: direct }).batch(statements, "write");
    await everyEndpoint(
      call,
      async (endpoint, request) => {
        const started = performance.now();
        await request();
        if (repeat > 0) times.set(endpoint, [...(times.get(endpoint) ?? []), performance.now() - started]);
      },
      SIZE,
    );
    log(`round trips, ${repeat} of ${repeats}`);
  }
  return [...times].map(([endpoint, all]) => ({ endpoint, ms: median(all) }));
}
