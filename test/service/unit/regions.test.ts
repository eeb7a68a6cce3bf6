import { createScheduledController, env } from "cloudflare:test";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import type { AppEnv } from "../../../src/http/context.ts";
import { inEveryRegion, pathInRegion, selectRegion } from "../../../src/http/region.ts";
import worker from "../../../src/index.ts";
import { createTransfer, request } from "./service.ts";

const TWO = { AUTH_STRATEGY: "noauth", REGIONS: "eu us", DB_EU: env.DB, LIBSQL_URL_US: "http://127.0.0.1:9" };
const HOSTS = { ...TWO, REGION_HOSTS: "eu.volumes.example=eu,us.volumes.example:8443=us" };
const TOKEN = { headers: { "X-Auth-Token": "alice:alpha" } };

/** Returns the region of a request, its path there, and the base URL of its links. */
async function locationOf(url: string, bindings: object): Promise<[string | null, string, string]> {
  const app = new Hono<AppEnv>({ getPath: pathInRegion }).use(selectRegion).all("*", (c) => {
    const { root, prefix } = c.get("address");
    const { config }: Partial<AppEnv["Variables"]> = c.var;
    return c.json([config?.region ?? null, c.req.path, root + prefix]);
  });
  return (await app.request(url, {}, bindings)).json();
}

describe("the region of a request", () => {
  it.each([
    ["http://volumes.example/eu/v3/volumes?limit=1", "eu", "/v3/volumes", "http://volumes.example/eu"],
    ["http://volumes.example/us/", "us", "/", "http://volumes.example/us"],
    ["http://volumes.example/us", "us", "/", "http://volumes.example/us"],
    ["http://volumes.example/v3/", null, "/v3/", "http://volumes.example"],
    ["http://volumes.example//eu/v3/", "eu", "/v3/", "http://volumes.example/eu"],
    ["http://volumes.example/%65u/v3/%C3%A9", "eu", "/v3/é", "http://volumes.example/eu"],
  ])("is the first segment of the path: %s", async (url, region, path, links) => {
    expect(await locationOf(url, TWO)).toEqual([region, path, links]);
  });

  it.each([
    ["https://eu.volumes.example/v3/", "eu", "/v3/", "https://eu.volumes.example"],
    ["https://EU.volumes.example:8776/v3/", "eu", "/v3/", "https://eu.volumes.example:8776"],
    ["https://us.volumes.example:8443/v3/", "us", "/v3/", "https://us.volumes.example:8443"],
    ["https://us.volumes.example/v3/", null, "/v3/", "https://us.volumes.example"],
    ["https://us.volumes.example/eu/v3/", "eu", "/v3/", "https://us.volumes.example/eu"],
  ])("is that of the host, if REGION_HOSTS has it: %s", async (url, region, path, links) => {
    expect(await locationOf(url, HOSTS)).toEqual([region, path, links]);
  });

  it("is not that of the path, if the host has one", async () => {
    expect(await locationOf("https://eu.volumes.example/us/v3/", HOSTS)).toEqual([
      "eu",
      "/us/v3/",
      "https://eu.volumes.example",
    ]);
    const response = await request("https://eu.volumes.example/us/v3/", {}, HOSTS);
    expect(response.status).toBe(404);
  });

  it.each([
    ["http://eu.volumes.example:80/v3/", "https://eu.volumes.example"],
    ["http://us.volumes.example:8443/v3/", "https://us.volumes.example:8443"],
    ["http://10.0.0.1:8776/eu/v3/", "https://cloud.example/volume/eu"],
  ])("is in the links with the scheme of PUBLIC_ENDPOINT: %s", async (url, links) => {
    const [, , found] = await locationOf(url, { ...HOSTS, PUBLIC_ENDPOINT: "https://cloud.example/volume" });
    expect(found).toBe(links);
  });

  it("is not needed without REGIONS", async () => {
    const bindings = { AUTH_STRATEGY: "noauth", DB: env.DB };
    expect(await locationOf("http://volumes.example/eu/v3/", bindings)).toEqual([
      null,
      "/eu/v3/",
      "http://volumes.example",
    ]);
    expect((await request("/v3/", {}, bindings)).status).toBe(200);
    expect((await request("/eu/v3/", {}, bindings)).status).toBe(404);
    expect(await (await request("/regions", {}, bindings)).json()).toEqual({ regions: [] });
  });
});

describe("the list of regions", () => {
  it("has the host of a region that has one", async () => {
    const response = await request(
      "https://volumes.example/regions",
      {},
      { ...HOSTS, REGION_HOSTS: "eu.example=eu" },
    );
    expect(await response.json()).toEqual({
      regions: [
        { id: "eu", links: [{ rel: "self", href: "https://eu.example/" }] },
        { id: "us", links: [{ rel: "self", href: "https://volumes.example/us/" }] },
      ],
    });
  });
});

describe("a region without its database", () => {
  it("returns 503 while the other responds", async () => {
    expect((await request("/us/v3/volumes", TOKEN, { ...TWO })).status).toBe(503);
    expect((await request("/eu/v3/volumes", TOKEN, { ...TWO })).status).toBe(200);
    expect((await request("/us/readyz", {}, { ...TWO })).status).toBe(503);
    expect((await request("/eu/readyz", {}, { ...TWO })).status).toBe(200);
  });

  it("does not keep the sweep from the other", async () => {
    const transfer = await createTransfer();
    await env.DB.prepare("update transfers set expires_at = 1 where id = ?").bind(transfer.id).run();
    const bindings = { ...TWO, REGIONS: "us eu" };
    await expect(worker.scheduled(createScheduledController(), bindings)).rejects.toThrow(/^failed in us: /);
    const closed = env.DB.prepare("select deleted_at from transfers where id = ?").bind(transfer.id);
    expect(await closed.first("deleted_at")).not.toBeNull();
  });
});

describe("a job of every region", () => {
  const regions = [{ region: "eu" }, { region: "us" }, { region: "asia" }];

  it("runs in each, and names those in which it failed", async () => {
    const done: (string | undefined)[] = [];
    const job = async ({ region }: { region: string | undefined }) => {
      if (region !== "us") throw new Error(`${region} is away`);
      done.push(region);
    };
    await expect(inEveryRegion({ regions }, job)).rejects.toThrow(
      "failed in eu, asia: Error: eu is away; Error: asia is away",
    );
    expect(done).toEqual(["us"]);
  });

  it("throws the error itself without REGIONS", async () => {
    const away = new Error("the database is away");
    await expect(
      inEveryRegion({ regions: [{ region: undefined }] }, () => Promise.reject(away)),
    ).rejects.toBe(away);
  });
});

describe("the requests in flight of a region", () => {
  it("leave the slots of the others free", async () => {
    const never = new Promise<never>(() => {});
    const statement = { bind: () => statement, raw: () => never };
    const hanging = { withSession: () => ({ prepare: () => statement, batch: () => never }) };
    const bindings = {
      AUTH_STRATEGY: "noauth",
      REGIONS: "eu us",
      DB_EU: hanging,
      DB_US: env.DB,
      MAX_REQUESTS_IN_FLIGHT: "1",
      DATABASE_TIMEOUT_MS_EU: "1000",
    };
    const first = request("/eu/v3/volumes", TOKEN, bindings);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await (await request("/eu/v3/volumes", TOKEN, bindings)).text()).toContain("more requests than");
    expect((await request("/us/v3/volumes", TOKEN, bindings)).status).toBe(200);
    expect(await (await first).text()).toContain("The database is unavailable");
  });
});
