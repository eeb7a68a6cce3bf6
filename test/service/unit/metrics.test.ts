import { env } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { measuredD1 } from "./measured_d1.ts";
import { ALICE, createTransfer, request } from "./service.ts";

const METRICS_TOKEN = "a-token-of-the-tests";
const MEASURED = { ...env, METRICS_TOKEN };
const AUTHORIZED = { headers: { Authorization: `Bearer ${METRICS_TOKEN}` } };

const scrape = async (bindings: Readonly<Record<string, unknown>> = MEASURED): Promise<string> =>
  textOf(await request("/metrics", AUTHORIZED, bindings));

/** Decodes a body. workerd warns about `text()` for the type of OpenMetrics. */
const textOf = async (response: Response): Promise<string> =>
  new TextDecoder().decode(await response.arrayBuffer());

/** Returns the value of a sample, by its name and labels; 0 if there is none yet. */
function sampleValue(text: string, sample: string): number {
  const line = text.split("\n").find((line) => line.startsWith(`${sample} `));
  return line === undefined ? 0 : Number(line.slice(sample.length));
}

/** Returns by how much a sample grows while requests are sent. */
async function growth(sample: string, send: () => Promise<unknown>): Promise<number> {
  const before = sampleValue(await scrape(), sample);
  await send();
  return sampleValue(await scrape(), sample) - before;
}

const show = (path: string, bindings: Readonly<Record<string, unknown>> = MEASURED) =>
  request(path, { headers: { "X-Auth-Token": ALICE } }, bindings);

describe("GET /metrics", () => {
  it("does not exist without METRICS_TOKEN", async () => {
    expect((await request("/metrics", AUTHORIZED)).status).toBe(404);
  });

  it.each([{}, { Authorization: "Bearer another-token-of-tests" }, { "X-Auth-Token": METRICS_TOKEN }])(
    "returns 401 for the headers %j",
    async (headers) => {
      const response = await request("/metrics", { headers: { ...headers } }, MEASURED);
      expect(response.status).toBe(401);
      expect(response.headers.get("WWW-Authenticate")).toBe('Bearer realm="metrics"');
      expect(await response.text()).not.toContain("volume_transfers");
    },
  );

  it("returns OpenMetrics, with a type and a help text for each metric", async () => {
    const response = await request("/metrics", AUTHORIZED, MEASURED);
    expect(response.headers.get("Content-Type")).toBe(
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
    );
    const text = await textOf(response);
    expect(text).toMatch(/\n# EOF\n$/);
    const names = Array.from(
      text.matchAll(/^# TYPE (\S+) (?:counter|gauge|histogram)$/gm),
      ([, name]) => name,
    );
    const helped = Array.from(text.matchAll(/^# HELP (\S+) \S.*\.$/gm), ([, name]) => name);
    expect(helped).toEqual(names);
    expect(names).toContain("volume_transfers_open_transfers");
  });

  it("counts requests by method, route and status, and shows no id", async () => {
    const sample =
      'volume_transfers_requests_total{method="GET",route="/v3/:project_id/volumes/:id",status="404"}';
    const path = "/v3/alpha/volumes/aaaaaaaa-1111-4222-8333-444444444444";
    expect(await growth(sample, () => Promise.all([show(path), show(path)]))).toBe(2);
    expect(await scrape()).not.toContain("aaaaaaaa-1111");
  });

  it("adds a request to every bucket that its time fits into", async () => {
    const name = "volume_transfers_request_duration_seconds";
    const labels = 'method="GET",route="/v3/volumes"';
    expect(await growth(`${name}_bucket{${labels},le="+Inf"}`, () => show("/v3/volumes"))).toBe(1);
    const text = await scrape();
    const buckets = Array.from(
      text.matchAll(new RegExp(`^${name}_bucket\\{${labels},le="([^"]+)"\\} (\\d+)$`, "gm")),
      ([, bound, count]) => ({ bound, count: Number(count) }),
    );
    expect(buckets.map(({ count }) => count)).toEqual(
      buckets.map(({ count }) => count).toSorted((a, b) => a - b),
    );
    expect(buckets.map(({ bound }) => bound)).toContain("1.0");
    expect(buckets.at(-1)?.count).toBe(sampleValue(text, `${name}_count{${labels}}`));
    expect(sampleValue(text, `${name}_sum{${labels}}`)).toBeGreaterThanOrEqual(0);
  });

  it("measures the database's time only of requests that use the database", async () => {
    const name = "volume_transfers_database_duration_seconds_count";
    const list = `${name}{method="GET",route="/v3/volumes"}`;
    expect(await growth(list, () => show("/v3/volumes"))).toBe(1);
    await show("/healthcheck");
    expect(await scrape()).not.toContain(`${name}{method="GET",route="/healthcheck"}`);
  });

  it("counts the requests that shared an exchange with the database", async () => {
    const requests = 'volume_transfers_group_requests_sum{mode="read"}';
    const exchanges = 'volume_transfers_group_requests_count{mode="read"}';
    const before = sampleValue(await scrape(), exchanges);
    const send = () => Promise.all(Array.from({ length: 20 }, (_, i) => show(`/v3/volumes?limit=${i + 1}`)));
    expect(await growth(requests, send)).toBe(20);
    expect(sampleValue(await scrape(), exchanges) - before).toBeLessThan(20);
  });

  it("records nothing without METRICS_TOKEN", async () => {
    const sample = 'volume_transfers_requests_total{method="GET",route="/healthcheck",status="200"}';
    expect(await growth(sample, () => show("/healthcheck", { ...env }))).toBe(0);
  });

  it("counts the open transfers, in one round trip a minute", async () => {
    await createTransfer();
    const { binding, cost } = measuredD1(env.DB);
    const bindings = { ...MEASURED, DB: binding };
    const open = await env.DB.prepare("select count(*) from transfers where deleted_at is null").first(
      "count(*)",
    );
    expect(open).toBeGreaterThan(0);
    expect(sampleValue(await scrape(bindings), "volume_transfers_open_transfers")).toBe(open);
    await scrape(bindings);
    expect(cost.roundTrips).toBe(1);
  });

  it("leaves out what the database holds while the database does not answer", async () => {
    const bindings = {
      METRICS_TOKEN,
      AUTH_STRATEGY: "noauth",
      LIBSQL_URL: "http://127.0.0.1:9",
      DATABASE_TIMEOUT_MS: "200",
    };
    const response = await request("/metrics", AUTHORIZED, bindings);
    expect(response.status).toBe(200);
    const text = await textOf(response);
    expect(text).toContain("volume_transfers_requests_total");
    expect(text).not.toContain("volume_transfers_open_transfers");
  });

  it("is answered while every slot for requests is taken", async () => {
    const bindings = { ...MEASURED, MAX_REQUESTS_IN_FLIGHT: "1" };
    const [listed, scraped] = await Promise.all([
      Promise.all(Array.from({ length: 8 }, (_, i) => show(`/v3/volumes?limit=${i + 1}`, bindings))),
      request("/metrics", AUTHORIZED, bindings),
    ]);
    expect(listed.map(({ status }) => status)).toContain(503);
    expect(scraped.status).toBe(200);
  });
});

describe("Server-Timing", () => {
  let timed: Response;
  beforeAll(async () => {
    timed = await show("/v3/volumes", { ...env, SERVER_TIMING: "on" });
  });

  it("has the time of the request and the database's part of it", () => {
    expect(timed.headers.get("Server-Timing")).toMatch(
      /^db;dur=[\d.]+;desc="Database",total;dur=[\d.]+;desc="Request"$/,
    );
  });

  it("has no part of the database if the request did not use it", async () => {
    const response = await show("/healthcheck", { ...env, SERVER_TIMING: "on" });
    expect(response.headers.get("Server-Timing")).toMatch(/^total;dur=[\d.]+;desc="Request"$/);
  });

  it("is on errors, too", async () => {
    const response = await request("/v3/volumes", {}, { ...env, SERVER_TIMING: "on" });
    expect(response.status).toBe(401);
    expect(response.headers.get("Server-Timing")).toContain("total;dur=");
  });

  it.each([undefined, "off"])("is absent with SERVER_TIMING=%s", async (SERVER_TIMING) => {
    const response = await show("/v3/volumes", { ...env, ...(SERVER_TIMING && { SERVER_TIMING }) });
    expect(response.headers.has("Server-Timing")).toBe(false);
  });
});
