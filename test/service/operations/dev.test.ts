import { request } from "node:http";
import { expect, it } from "vitest";
import { describeLifecycle } from "./lifecycle.ts";

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

describeLifecycle("dev", "D1", {
  ofService: (running, folder) => {
    it("prints each step, where the data is, and where the service is", () => {
      const { url, process } = running();
      // Only the first start after a change of the source says that it bundles it.
      const steps = process.lines.filter((line) => /^volume-transfers: (?!bundling)/.test(line));
      expect(steps).toEqual([
        `volume-transfers: applying pending migrations to the D1 database in ${folder}`,
        "volume-transfers: starting wrangler dev",
        `volume-transfers: ready on ${url}`,
        expect.stringContaining(`${url}/handoff is the page for people, ${url}/docs`),
      ]);
    });

    it("does not let everybody who reaches the port run SQL: wrangler's explorer is off", async () => {
      const explorer = `${running().url}/cdn-cgi/local/explorer`;
      for (const path of [explorer, `${explorer}/api/d1/database`]) {
        const response = await fetch(path);
        expect(response.status, path).toBe(404);
        expect(await response.json()).toMatchObject({ itemNotFound: { code: 404 } });
      }
    });

    it("does not answer to a name that another site lets point to it", async () => {
      expect(await statusAt(`${running().url}/v3/`, "localhost")).toBe(200);
      expect(await statusAt(`${running().url}/v3/`, "evil.com")).toBe(403);
    });

    it("serves scripts and styles of the page without the Worker, and with their headers", async () => {
      const page = await (await fetch(`${running().url}/handoff`)).text();
      const files = [...page.matchAll(/(?:src|href)="(handoff\/page-[^"]+)"/g)].map(([, file]) => file);
      expect(files).toHaveLength(2);
      for (const file of files) {
        const { status, headers } = await fetch(`${running().url}/${file}`);
        expect(status).toBe(200);
        expect(headers.get("x-openstack-request-id")).toBeNull();
        expect(headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
        expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      }
    });
  },
});
