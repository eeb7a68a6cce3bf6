import { readFile } from "node:fs/promises";
import path from "node:path";
import { hc } from "hono/client";
import { describe, expect, it } from "vitest";
import type { VolumeTransfers } from "../../src/client.ts";
import { handOver } from "../examples/handoff.ts";
import { Client } from "./client.ts";
import { DATABASES } from "./databases.ts";

describe.each(DATABASES)("a client in TypeScript, on %s", (_database, url) => {
  it("hands a volume over, as the README shows it", async () => {
    const [alice, bob] = [new Client(url), new Client(url, "bob:member")];
    const volume_id = await alice.volume();
    const transfer = await handOver(
      url,
      volume_id,
      { token: `alice:${alice.project}`, project_id: alice.project },
      { token: `bob:${bob.project}`, project_id: bob.project },
    );
    expect(transfer).toMatchObject({ volume_id, name: "a gift" });
    expect((await bob.get(`volumes/${volume_id}`)).status).toBe(200);
  });

  it("is in the README as it is run here", async () => {
    const read = (file: string) => readFile(path.join(import.meta.dirname, "../..", file), "utf8");
    expect(await read("README.md")).toContain(`\`\`\`ts\n${await read("test/examples/handoff.ts")}\`\`\`\n`);
  });

  it("has every operation, with types", async () => {
    const { project } = new Client(url);
    const v3 = hc<VolumeTransfers>(url, { headers: { "X-Auth-Token": `root:${project}:admin` } }).v3[
      ":project_id"
    ];
    const param = { project_id: project };
    const { volume } = await (
      await v3.volumes.$post({ param, json: { volume: { size: 1, metadata: {} } } })
    ).json();
    const size: number = volume.size;
    expect(size).toBe(1);
    const id = volume.id;
    expect((await v3.volumes[":id"].$get({ param: { ...param, id } })).status).toBe(200);
    expect(
      (await v3.volumes[":id"].$put({ param: { ...param, id }, json: { volume: { name: "n" } } })).status,
    ).toBe(200);
    const action = { "os-reset_status": { status: "available" } };
    expect((await v3.volumes[":id"].action.$post({ param: { ...param, id }, json: action })).status).toBe(
      202,
    );
    const { snapshot } = await (
      await v3.snapshots.$post({ param, json: { snapshot: { volume_id: id, metadata: {} } } })
    ).json();
    expect((await v3.snapshots[":id"].$delete({ param: { ...param, id: snapshot.id } })).status).toBe(202);
    const made = await v3["os-volume-transfer"].$post({ param, json: { transfer: { volume_id: id } } });
    const { transfer } = await made.json();
    expect((await v3["volume-transfers"].$get({ param, query: { limit: "5" } })).status).toBe(200);
    expect((await v3["volume-transfers"].detail.$get({ param, query: { limit: "5" } })).status).toBe(200);
    expect((await v3["volume-transfers"][":id"].$get({ param: { ...param, id: transfer.id } })).status).toBe(
      200,
    );
    expect(
      (await v3["volume-transfers"][":id"].$delete({ param: { ...param, id: transfer.id } })).status,
    ).toBe(202);
    expect(
      (await v3["os-quota-sets"][":id"].$get({ param: { ...param, id: project }, query: {} })).status,
    ).toBe(200);
    const quota_set = { volumes: 5 };
    expect(
      (await v3["os-quota-sets"][":id"].$put({ param: { ...param, id: project }, json: { quota_set } }))
        .status,
    ).toBe(200);
    const { limits } = await (await v3.limits.$get({ param })).json();
    expect(limits.absolute.maxTotalVolumes).toBe(5);
    expect((await v3.types.$get({ param })).status).toBe(200);
    expect((await v3.volumes[":id"].$delete({ param: { ...param, id }, query: {} })).status).toBe(202);
  });
});
