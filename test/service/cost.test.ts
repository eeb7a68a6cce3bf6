import { createClient } from "@libsql/client/http";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Call, TOKENS, wholePath } from "../measure/calls.ts";
import { everyEndpoint } from "../measure/endpoints.ts";
import { SEEDED_TABLES, seed } from "../measure/seed.ts";
import { type LibsqlServer, startLibsql } from "../support/libsql.ts";
import { type DatabaseProxy, type Exchange, rowsOf, startProxy } from "../support/proxy.ts";
import type { RestartableServer } from "../support/restartable_server.ts";
import { startWorker } from "../support/worker.ts";

/** A service of its own: the requests of other tests would be counted, too. */
let database: LibsqlServer;
let proxy: DatabaseProxy;
let worker: RestartableServer;
let exchanges: Exchange[] = [];
beforeAll(async () => {
  database = await startLibsql();
  proxy = await startProxy(database.url, { onExchange: (exchange) => exchanges.push(exchange) });
  const variables = { AUTH_STRATEGY: "noauth", LIBSQL_URL: proxy.url };
  worker = await startWorker(inject("builtWorker"), variables);
});
afterAll(async () => {
  await worker?.kill();
  proxy?.close();
  await database?.stop();
});

const call: Call = async (as, method, path, body) => {
  const response = await fetch(worker.url + wholePath(path), {
    method,
    redirect: "manual",
    headers: {
      "X-Auth-Token": TOKENS[as],
      "OpenStack-API-Version": "volume latest",
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
};

/** The cost of a request. */
interface Cost {
  readonly status: number;
  readonly roundTrips: number;
  readonly rowsRead: number;
}

/** Calls every endpoint, in a project of the given size. */
async function measureAll(size: number): Promise<Map<string, Cost>> {
  const statements = [...SEEDED_TABLES.map((table) => `delete from ${table}`), ...seed(size)];
  await createClient({ url: database.url }).batch(statements, "write");
  const measured = new Map<string, Cost>();
  await everyEndpoint(
    call,
    async (label, request) => {
      exchanges = [];
      const { status } = await request();
      const rowsRead = exchanges.reduce((sum, exchange) => sum + rowsOf(exchange).read, 0);
      measured.set(label, { status, roundTrips: exchanges.length, rowsRead });
    },
    size,
  );
  return measured;
}

describe("every endpoint, on libSQL", () => {
  let small: Map<string, Cost>;
  let large: Map<string, Cost>;
  beforeAll(async () => {
    small = await measureAll(100);
    large = await measureAll(20_000);
  }, 60_000);

  it("returns no 5xx", () => {
    expect([...small, ...large].filter(([, { status }]) => status >= 500)).toEqual([]);
  });

  it("makes at most one round trip to the database", () => {
    expect([...small, ...large].filter(([, { roundTrips }]) => roundTrips > 1)).toEqual([]);
    expect([...small.values()].some(({ roundTrips }) => roundTrips === 1)).toBe(true);
  });

  it("reads as many rows in a project of 20,000 volumes and transfers as in one of 100", () => {
    const rowsRead = (all: typeof small) =>
      Object.fromEntries([...all].map(([label, { rowsRead }]) => [label, rowsRead]));
    expect(rowsRead(large)).toEqual(rowsRead(small));
    expect(Object.values(rowsRead(small)).some((rows) => rows > 0)).toBe(true);
  });
});
