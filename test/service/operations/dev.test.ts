import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CommandService, startCommand } from "../../support/command.ts";
import { describeLifecycle } from "./lifecycle.ts";

describeLifecycle("dev", "D1");

/** Sends a request with a Host of its own, which `fetch` does not allow, and returns the status. */
const statusAt = (url: string, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    request(url, { headers: { Host: host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });

describe("npm run dev", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-test-"));
  let running: CommandService;
  beforeAll(async () => {
    running = await startCommand("dev", { DATA_DIR: path.join(folder, "data") });
  });
  afterAll(async () => {
    await running?.stop();
    rmSync(folder, { recursive: true });
  });

  it("prints each step, where the data is, and where the service is", () => {
    // Only the first start after a change of the source says that it bundles it.
    const steps = running.process.lines.filter((line) => /^volume-transfers: (?!bundling)/.test(line));
    expect(steps).toEqual([
      `volume-transfers: applying pending migrations to the D1 database in ${path.join(folder, "data")}`,
      "volume-transfers: starting wrangler dev",
      `volume-transfers: ready on ${running.url}`,
      expect.stringContaining(`${running.url}/handoff is the page for people, ${running.url}/docs`),
    ]);
  });

  it("does not let everybody who reaches the port run SQL: wrangler's explorer is off", async () => {
    const explorer = `${running.url}/cdn-cgi/local/explorer`;
    for (const url of [explorer, `${explorer}/api/d1/database`]) {
      const response = await fetch(url);
      expect(response.status, url).toBe(404);
      expect(await response.json()).toMatchObject({ itemNotFound: { code: 404 } });
    }
  });

  it("does not answer to a name that another site lets point to it", async () => {
    expect(await statusAt(`${running.url}/v3/`, "localhost")).toBe(200);
    expect(await statusAt(`${running.url}/v3/`, "evil.com")).toBe(403);
  });

  it("serves scripts and styles of the page without the Worker, and with their headers", async () => {
    const page = await (await fetch(`${running.url}/handoff`)).text();
    const files = [...page.matchAll(/(?:src|href)="(handoff\/page-[^"]+)"/g)].map(([, file]) => file);
    expect(files).toHaveLength(2);
    for (const file of files) {
      const { status, headers } = await fetch(`${running.url}/${file}`);
      expect(status).toBe(200);
      expect(headers.get("x-openstack-request-id")).toBeNull();
      expect(headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    }
  });
});
