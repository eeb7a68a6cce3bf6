import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";

const CHROMIUM = "chromium";
const installed = spawnSync(CHROMIUM, ["--version"]).status === 0;
if (!installed) console.warn(`skipped: ${CHROMIUM} is not installed, so /docs cannot be rendered`);

/** Renders a page in a headless browser, and returns its DOM after its scripts have run. */
async function renderPage(url: string): Promise<string> {
  const profile = await mkdtemp(path.join(tmpdir(), "volume-transfers-chromium-"));
  const { stdout } = await promisify(execFile)(
    CHROMIUM,
    [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
      ...["--disable-component-update", "--disable-sync", `--user-data-dir=${profile}`],
      ...["--virtual-time-budget=20000", "--dump-dom", url],
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  await rm(profile, { recursive: true });
  return stdout;
}

describe.runIf(installed).each(["D1", "libSQL"] as const)("GET /docs in a browser, on %s", (database) => {
  let running: ServiceOnBoth;
  beforeAll(async () => {
    running = await startOnBoth({ AUTH_STRATEGY: "noauth" });
  }, 60_000);
  afterAll(() => running.stop());

  it("lists every operation of the OpenAPI document and loads nothing from another origin", async () => {
    const url = running[database].url;
    const document: { paths: Record<string, Record<string, { operationId: string; tags: string[] }>> } =
      await (await fetch(`${url}/openapi.json`)).json();
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const page = await renderPage(`${url}/docs`);
    const missing = operations.filter(
      ({ operationId, tags }) => !page.includes(`operations-${tags[0]}-${operationId}`),
    );
    expect(operations.length).toBeGreaterThan(30);
    expect(missing).toEqual([]);
    const loaded = [...page.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="(?<address>https?:[^"]+)"/g)];
    expect(
      loaded.map(({ groups }) => groups?.address).filter((address) => !address?.startsWith(url)),
    ).toEqual([]);
  });
});
