import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { fillVariables, INSTANCES, QUERIES } from "./dashboard.ts";
import { isInstalled, Prometheus } from "./prometheus.ts";

const installed = isInstalled();
if (!installed) console.warn("skipped: prometheus is not installed (Debian: apt-get install prometheus)");

const METRICS_TOKEN = "the-token-of-prometheus";
const SCRAPE_SECONDS = 1;
const RANGE = `${20 * SCRAPE_SECONDS}s`;

/** Returns the configuration that docs/metrics.md shows, for other targets and a shorter interval. */
function configuration(targets: readonly string[]): string {
  const [, documented = ""] = /^```yaml\n(.*?)^```$/ms.exec(readFileSync("docs/metrics.md", "utf8")) ?? [];
  const changes = [
    ["scrape_interval: 15s", `scrape_interval: ${SCRAPE_SECONDS}s`],
    ["scrape_timeout: 10s", `scrape_timeout: ${SCRAPE_SECONDS}s`],
    ["credentials_file: /etc/prometheus/volume-transfers-token", `credentials: ${METRICS_TOKEN}`],
    ['["127.0.0.1:8776"]', JSON.stringify(targets)],
  ] as const;
  return changes.reduce((yaml, [documented, changed]) => {
    if (!yaml.includes(documented)) throw new Error(`docs/metrics.md has no ${documented}`);
    return yaml.replace(documented, changed);
  }, documented);
}

/** Creates and accepts a transfer, after an attempt with a wrong key and a request for an unknown path. */
async function handOver(url: string): Promise<void> {
  const donor = new Client(url);
  const acceptor = new Client(url, { user: "bob" });
  const transfer = await donor.createVolumeAndTransfer();
  await donor.createVolumeAndTransfer();
  await acceptor.accept({ ...transfer, auth_key: "0000000000000000" });
  await acceptor.accept(transfer);
  await donor.get("/unknown");
}

describe.runIf(installed)("Prometheus", () => {
  let running: ServiceOnBoth;
  let prometheus: Prometheus;
  let urls: string[];
  beforeAll(async () => {
    running = await startOnBoth({ AUTH_STRATEGY: "noauth", METRICS_TOKEN });
    urls = DATABASES.map((database) => running[database].url);
    // The series exist before the requests that the rates count.
    await Promise.all(urls.map(handOver));
    prometheus = await Prometheus.start(configuration(urls.map((url) => new URL(url).host)));
    await untilScraped();
    await Promise.all(urls.map(handOver));
    await untilScraped();
  });
  afterAll(async () => {
    await prometheus?.stop();
    await running?.stop();
  });

  /** Waits until Prometheus has all requests of the services so far. */
  async function untilScraped(): Promise<void> {
    const accepted = 'sum(volume_transfers_requests_total{route=~".+/accept",status="202"})';
    const all = (await Promise.all(urls.map(readAccepts))).reduce((sum, count) => sum + count, 0);
    for (let waited = 0; waited < 60; waited += SCRAPE_SECONDS) {
      const [scraped] = await prometheus.query(accepted);
      if (scraped?.value === all) return;
      await sleep(SCRAPE_SECONDS * 1000);
    }
    throw new Error(
      `Prometheus has not scraped ${all} accepts: ${JSON.stringify(await prometheus.targets())}`,
    );
  }

  /** Returns the number of transfers that a service reports as accepted. */
  async function readAccepts(url: string): Promise<number> {
    const response = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${METRICS_TOKEN}` } });
    const text = await response.text();
    const samples = text.matchAll(/^volume_transfers_requests_total\{.*\/accept",status="202"\} (\d+)$/gm);
    return Array.from(samples).reduce((sum, [, count]) => sum + Number(count), 0);
  }

  it("scrapes the service on D1 and libSQL with the documented configuration", async () => {
    const targets = await prometheus.targets();
    expect(targets.map(({ health, lastError }) => ({ health, lastError }))).toEqual(
      DATABASES.map(() => ({ health: "up", lastError: "" })),
    );
  });

  it("knows every documented metric, with its type, unit and help text", async () => {
    const known = await prometheus.metadata();
    const documented = Array.from(
      readFileSync("docs/metrics.md", "utf8").matchAll(/^\| `(volume_transfers_\w+)` \| (\w+) \|/gm),
      ([, name = "", type]) => ({ name, type }),
    );
    const described = Object.entries(known)
      .filter(([name]) => name.startsWith("volume_transfers_"))
      .map(([name, [first]]) => ({ name, type: first?.type }));
    expect(described.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(
      documented.toSorted((a, b) => a.name.localeCompare(b.name)),
    );
    expect(known.volume_transfers_request_duration_seconds).toMatchObject([{ unit: "seconds" }]);
  });

  it("counts the accepted and the refused attempts, and the open transfers", async () => {
    const accepts = (status: number) =>
      prometheus.query(`sum(volume_transfers_requests_total{route=~".+/accept",status="${status}"})`);
    const values = [await accepts(202), await accepts(400)].map(([series]) => series?.value);
    expect(values).toEqual([4, 4]);
    const open = await prometheus.query("volume_transfers_open_transfers");
    expect(open.map(({ value }) => value)).toEqual([1, 1]);
  });

  it("gets no metrics without the token", async () => {
    const statuses = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).status));
    expect(statuses).toEqual([401, 401]);
  });

  it("lists the instances of the service for the dashboard", async () => {
    const [metric = "", label = ""] = INSTANCES ?? [];
    expect(await prometheus.labelValues(metric, label)).toEqual(
      urls.map((url) => new URL(url).host).toSorted(),
    );
  });

  it.each(QUERIES)("answers the query of the dashboard's panel $panel", async ({ expression, legend }) => {
    const series = await prometheus.query(fillVariables(expression, RANGE));
    expect(series).not.toEqual([]);
    for (const { labels, value } of series) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(Object.keys(labels)).toEqual(expect.arrayContaining([...legend]));
    }
  });
});
