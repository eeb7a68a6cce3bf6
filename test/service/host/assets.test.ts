import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { folderAssets } from "../../../src/host/assets.ts";

const FILE = `https://assets/${import.meta.filename.split("/").at(-1)}`;

describe("folderAssets", () => {
  it("answers the requests that waited for the build in as many turns of the event loop", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const assets = folderAssets(import.meta.dirname, () => promise);
    let answered = 0;
    const requests = Array.from({ length: 50 }, async () => {
      const { status } = await assets.fetch(FILE);
      expect(status).toBe(200);
      answered++;
    });
    resolve();
    let most = 0;
    while (answered < requests.length) {
      const before = answered;
      await nextTurn();
      most = Math.max(most, answered - before);
    }
    await Promise.all(requests);
    expect(most).toBe(1);
  });

  it("builds again after a build that failed", async () => {
    let builds = 0;
    const assets = folderAssets(import.meta.dirname, async () => {
      if (builds++ === 0) throw new Error("the build failed");
    });
    await expect(assets.fetch(FILE)).rejects.toThrow("the build failed");
    expect((await assets.fetch(FILE)).status).toBe(200);
  });

  it("returns 404 for a file that does not exist", async () => {
    expect((await folderAssets(import.meta.dirname).fetch("https://assets/none")).status).toBe(404);
  });
});
