import { describe, expect, it } from "vitest";
import { Client } from "../support/client.ts";
import { DATABASES } from "./databases.ts";

const PATHS = ["os-volume-transfer", "os-volume-transfer/detail"];

describe.each(DATABASES)("the older path of transfers on %s", (_database, url) => {
  it.each(["3.0", "3.55", "3.57", "3.59", "3.71"])("knows no no_snapshots at %s", async (microversion) => {
    const client = new Client(url, { microversion });
    const volume_id = await client.createVolume();
    for (const no_snapshots of [true, false, null]) {
      const { status, body } = await client.send("POST", "os-volume-transfer", {
        transfer: { volume_id, no_snapshots },
      });
      expect(status).toBe(400);
      expect(body.badRequest?.message).toMatch(/Additional properties are not allowed \('no_snapshots' was/);
    }
    const made = await client.send("POST", "os-volume-transfer", { transfer: { volume_id } });
    expect(made.status).toBe(202);
  });

  it.each(["3.55", "3.59", "3.71"])("lists the oldest transfer first at %s", async (microversion) => {
    const client = new Client(url, { microversion });
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push((await client.createVolumeAndTransfer()).id);
    for (const path of [...PATHS, ...PATHS.map((path) => `${path}?all_tenants=1`)]) {
      expect((await client.get(path)).body.transfers.map(({ id }) => id)).toEqual(ids);
    }
  });

  it("has pages and sort orders from 3.59, which Cinder's lacks", async () => {
    const client = new Client(url, { microversion: "3.59" });
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push((await client.createVolumeAndTransfer()).id);
    const list = async (query: string) => (await client.get(`os-volume-transfer?${query}`)).body;
    const found = async (query: string) => (await list(query)).transfers.map(({ id }) => id);
    const { transfers, transfers_links: [next] = [] } = await list("limit=2");
    expect(transfers.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(next?.href).toContain("/os-volume-transfer?limit=2&marker=");
    const rest = await client.get(next?.href.replace(url, "") ?? "");
    expect(rest.body.transfers.map(({ id }) => id)).toEqual(ids.slice(2));
    for (const query of ["sort=created_at:desc", "sort_dir=desc", "sort_key=created_at"]) {
      expect(await found(query)).toEqual(ids.toReversed());
    }
  });
});
