import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { ALICE, request } from "./service.ts";

describe("MAX_REQUESTS_IN_FLIGHT", () => {
  const bindings = { ...env, MAX_REQUESTS_IN_FLIGHT: "3" };
  const atOnce = (count: number, path = "/v3/volumes", headers = { "X-Auth-Token": ALICE }) =>
    Promise.all(Array.from({ length: count }, () => request(path, { headers }, bindings)));
  const statuses = (responses: Response[]) => responses.map(({ status }) => status).sort();

  it("limits the requests in flight: further requests receive 503 with Retry-After", async () => {
    const responses = await atOnce(5);
    expect(statuses(responses)).toEqual([200, 200, 200, 503, 503]);
    const shed = responses.find(({ status }) => status === 503);
    expect(shed?.headers.get("Retry-After")).toBe("2");
    expect(await shed?.json()).toMatchObject({ serviceUnavailable: { code: 503 } });
  });

  it("admits as many requests again after those before have succeeded or failed", async () => {
    await atOnce(10);
    await atOnce(3, "/v3/volumes/nonsense");
    await atOnce(3, "/v3/volumes", { "X-Auth-Token": "" });
    await atOnce(3, "/v3/no-such-thing");
    expect(statuses(await atOnce(3))).toEqual([200, 200, 200]);
  });

  it("does not limit requests that need no database", async () => {
    expect(statuses(await atOnce(5, "/healthcheck"))).toEqual([200, 200, 200, 200, 200]);
  });

  it("limits the requests that name no region, apart from those of the regions", async () => {
    const regions = {
      AUTH_STRATEGY: "noauth",
      REGIONS: "eu",
      DB_EU: env.DB,
      MAX_REQUESTS_IN_FLIGHT: "1",
      // A file that never comes.
      ASSETS: { fetch: () => new Promise<never>(() => {}) },
    };
    const get = (path: string) => request(path, { headers: { "X-Auth-Token": ALICE } }, regions);
    for (let i = 0; i < 4; i++) void get("/openapi.json");
    expect((await get("/openapi.json")).status).toBe(503);
    expect((await get("/regions")).status).toBe(503);
    expect((await get("/eu/v3/volumes")).status).toBe(200);
  });
});
