import { env } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { app } from "../../../src/app.ts";
import { FACADE } from "../../../src/http/region.ts";
import { type Call, TOKENS, wholePath } from "../../measure/calls.ts";
import { everyEndpoint } from "../../measure/endpoints.ts";
import { type Cost, measuredD1 } from "./measured_d1.ts";
import { callOn, fill } from "./seeded_service.ts";

interface Measured extends Cost {
  status: number;
  routes: string[];
}

/** Calls every endpoint on D1, in a project of the given size. */
async function measureAll(size: number): Promise<Map<string, Measured>> {
  await fill(size);
  const { binding, cost } = measuredD1(env.DB);
  const called: string[] = [];
  const onD1 = callOn(binding);
  const call: Call = (as, method, path, body) => {
    called.push(`${method} ${wholePath(path)}`);
    return onD1(as, method, path, body);
  };
  const measured = new Map<string, Measured>();
  await everyEndpoint(
    call,
    async (label, request) => {
      cost.roundTrips = 0;
      cost.rowsRead = 0;
      called.length = 0;
      const { status } = await request();
      measured.set(label, { ...cost, status, routes: [...called] });
    },
    size,
  );
  return measured;
}

describe("every endpoint, on D1", () => {
  let small: Map<string, Measured>;
  let large: Map<string, Measured>;
  beforeAll(async () => {
    small = await measureAll(100);
    large = await measureAll(20_000);
  }, 60_000);

  it("is measured by these tests", () => {
    const called = [...small.values()].flatMap(({ routes }) => routes);
    const paths = app.routes
      // In front of a Cinder its calls are the cost.
      .filter(({ path }) => !path.startsWith(FACADE))
      .filter(({ method, path }) => method !== "ALL" && !path.includes(":project_id"))
      .map(({ method, path }) => ({ method, path }));
    const missed = paths.filter(
      ({ method, path }) =>
        !called.some((one) =>
          new RegExp(`^${method} ${path.replaceAll(/:\w+/g, "[^/?]+")}(\\?.*)?$`).test(one),
        ),
    );
    expect(missed).toEqual([]);
    expect(paths.length).toBeGreaterThan(40);
  });

  it("returns no 5xx", () => {
    const failed = [...small, ...large].filter(([, { status }]) => status >= 500);
    expect(failed).toEqual([]);
  });

  it("makes at most one round trip to the database", () => {
    const more = [...small, ...large].filter(([, { roundTrips }]) => roundTrips > 1);
    expect(more).toEqual([]);
    expect([...small.values()].some(({ roundTrips }) => roundTrips === 1)).toBe(true);
  });

  it("reads as many rows in a project of 20,000 volumes and transfers as in one of 100", () => {
    const rowsRead = (all: Map<string, Measured>) =>
      Object.fromEntries([...all].map(([label, { rowsRead }]) => [label, rowsRead]));
    expect(rowsRead(large)).toEqual(rowsRead(small));
  });
});

describe("eight creates, accepts or deletes at once, on D1", () => {
  /** Returns the cost of each kind in a project of the given size. */
  async function measure(size: number): Promise<Record<string, Cost>> {
    await fill(size);
    const { binding, cost } = measuredD1(env.DB);
    const bindings = { ...env, DB: binding };
    const send = async (method: string, path: string, body?: object, as: keyof typeof TOKENS = "owner") => {
      const headers = { "X-Auth-Token": TOKENS[as], "Content-Type": "application/json" };
      const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
      const response = await app.request(wholePath(path), init, bindings);
      expect(response.status).toBe(202);
      const text = await response.text();
      return text === "" ? undefined : JSON.parse(text);
    };
    const costs: Record<string, Cost> = {};
    const atOnce = async (label: string, requests: readonly (() => Promise<unknown>)[]) => {
      Object.assign(cost, { roundTrips: 0, rowsRead: 0 });
      const responses = await Promise.all(requests.map((request) => request()));
      costs[label] = { ...cost };
      return responses;
    };
    const eight = Array.from({ length: 8 }, (_, i) => i);
    const volumes = await Promise.all(eight.map(() => send("POST", "/volumes", { volume: { size: 1 } })));
    const create = volumes.map(
      ({ volume }) =>
        () =>
          send("POST", "/volume-transfers", { transfer: { volume_id: volume.id } }),
    );
    const created = transfersOf(await atOnce("create", create));
    await atOnce(
      "delete",
      created.map(
        ({ id }) =>
          () =>
            send("DELETE", `/volume-transfers/${id}`),
      ),
    );
    const again = transfersOf(await atOnce("create again", create));
    await atOnce(
      "accept",
      again.map(
        ({ id, auth_key }) =>
          () =>
            send("POST", `/volume-transfers/${id}/accept`, { accept: { auth_key } }, "other"),
      ),
    );
    return costs;
  }

  const transfersOf = (bodies: readonly unknown[]) =>
    z
      .array(z.object({ transfer: z.object({ id: z.string(), auth_key: z.string() }) }))
      .parse(bodies)
      .map(({ transfer }) => transfer);

  it("share round trips, and read as many rows in a project of 20,000 volumes and transfers as in one of 100", async () => {
    const rowsRead = (costs: Record<string, Cost>) => Object.values(costs).map((cost) => cost.rowsRead);
    const small = await measure(100);
    expect(rowsRead(await measure(20_000))).toEqual(rowsRead(small));
    // The first is sent at once, and the others in groups, whose number depends on when they arrive.
    for (const { roundTrips } of Object.values(small)) expect(roundTrips).toBeLessThan(8);
  });
});

describe("the summary of volumes before its metadata, on D1", () => {
  it("reads one row in a project without snapshots, and else the volumes or the snapshots, if these are fewer", async () => {
    await fill(100);
    const { binding, cost } = measuredD1(env.DB);
    const rowsRead = async () => {
      cost.rowsRead = 0;
      const headers = { "X-Auth-Token": TOKENS.owner, "OpenStack-API-Version": "volume 3.35" };
      const response = await app.request(wholePath("/volumes/summary"), { headers }, { ...env, DB: binding });
      expect(await response.json()).toEqual({ "volume-summary": { total_count: 200, total_size: 200 } });
      return cost.rowsRead;
    };
    expect(await rowsRead()).toBeLessThan(150);
    await env.DB.exec("delete from snapshots");
    await env.DB.exec("update quotas set snapshots_in_use = 0, gigabytes_in_use = 200");
    expect(await rowsRead()).toBeLessThan(5);
  });
});
