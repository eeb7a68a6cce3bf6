import { createClient } from "@libsql/client/web";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { type Call, everyEndpoint, SEEDED_TABLES, seed, TOKENS, wholePath } from "../measure/endpoints.ts";
import { type Cost, costSinceLastAsked } from "./meter.ts";

const { libsql, meteredServer } = inject("services");
const call: Call = async (as, method, path, body) => {
  const response = await fetch(libsql + wholePath(path), {
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

async function measureAll(size: number): Promise<Map<string, Cost & { status: number }>> {
  const statements = [...SEEDED_TABLES.map((table) => `delete from ${table}`), ...seed(size)];
  await createClient({ url: meteredServer }).batch(statements, "write");
  const measured = new Map<string, Cost & { status: number }>();
  await everyEndpoint(
    call,
    async (label, request) => {
      await costSinceLastAsked(meteredServer);
      const { status } = await request();
      measured.set(label, { ...(await costSinceLastAsked(meteredServer)), status });
    },
    size,
  );
  return measured;
}

describe("every endpoint, on libSQL", () => {
  let small: Map<string, Cost & { status: number }>;
  let large: Map<string, Cost & { status: number }>;
  beforeAll(async () => {
    small = await measureAll(100);
    large = await measureAll(20_000);
  }, 60_000);

  it("answers nothing with a 5xx", () => {
    expect([...small, ...large].filter(([, { status }]) => status >= 500)).toEqual([]);
  });

  it("makes at most one round trip to the database", () => {
    expect([...small, ...large].filter(([, { roundTrips }]) => roundTrips > 1)).toEqual([]);
    expect([...small.values()].some(({ roundTrips }) => roundTrips === 1)).toBe(true);
  });

  it("reads as many rows in a project of 20,000 volumes and offers as in one of 100", () => {
    const rowsRead = (all: typeof small) =>
      Object.fromEntries([...all].map(([label, { rowsRead }]) => [label, rowsRead]));
    expect(rowsRead(large)).toEqual(rowsRead(small));
    expect(Object.values(rowsRead(small)).some((rows) => rows > 0)).toBe(true);
  });
});
