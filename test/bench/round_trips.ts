import { createClient } from "@libsql/client/http";
import { type Call, TOKENS, wholePath } from "../measure/calls.ts";
import { everyEndpoint } from "../measure/endpoints.ts";
import { SEEDED_TABLES, seed } from "../measure/seed.ts";
import { FakeKeystone } from "../support/fake_keystone.ts";
import { median } from "../support/statistics.ts";
import type { Bundle } from "../support/worker.ts";
import type { Servers } from "./servers.ts";

/** The delay that the proxy adds to each exchange with the database, in milliseconds. */
export const DELAY_MS = 40;
/** The goal for the median of every endpoint, in milliseconds. */
export const LIMIT_MS = 1.25 * DELAY_MS;
/** How many rows of each kind the database has. */
const SIZE = 100;

/** The median time of an endpoint in milliseconds. */
export interface RoundTrip {
  readonly endpoint: string;
  readonly ms: number;
}

/** Measures every endpoint with a database that is 40 ms away and tokens that the Worker has in its cache. */
export async function measureRoundTrips(
  bundle: Bundle,
  servers: Servers,
  { repeats }: { readonly repeats: number },
  log: (line: string) => void,
): Promise<readonly RoundTrip[]> {
  const database = await servers.startDatabase();
  const proxy = await servers.startProxy(database.url, { delayMs: DELAY_MS });
  const keystone = await FakeKeystone.start();
  const variables = {
    AUTH_STRATEGY: "keystone",
    KEYSTONE_URL: keystone.url,
    AUTH_KEY_SECRET: crypto.randomUUID(),
    LIBSQL_URL: proxy.url,
  };
  const { url } = await servers.startWorker(bundle, variables);
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
    await createClient({ url: database.url }).batch(statements, "write");
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
  await keystone.stop();
  return [...times].map(([endpoint, all]) => ({ endpoint, ms: median(all) }));
}
