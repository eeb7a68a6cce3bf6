import { readFile } from "node:fs/promises";
import path from "node:path";
import { hc, parseResponse } from "hono/client";
import { describe, expect, it } from "vitest";
import { createClient, type VolumeTransfers } from "../../src/client.ts";
import { Client } from "../support/client.ts";
import { DATABASES } from "./databases.ts";
import { handOver } from "./examples/handoff.ts";

describe.each(DATABASES)("the TypeScript client on %s", (_database, url) => {
  it("moves a volume to another project, as docs/typescript.md shows", async () => {
    const [alice, bob] = [new Client(url), new Client(url, { user: "bob" })];
    const volume_id = await alice.createVolume();
    const transfer = await handOver(url, volume_id, `alice:${alice.project}`, `bob:${bob.project}`);
    expect(transfer).toMatchObject({ volume_id, name: "a gift" });
    expect((await bob.get(`volumes/${volume_id}`)).status).toBe(200);
  });

  it("throws the fault of a rejected request", async () => {
    const alice = new Client(url);
    const service = createClient(url, { token: `alice:${alice.project}` });
    const refused = parseResponse(service.volumes[":id"].$get({ param: { id: "missing" } }));
    await expect(refused).rejects.toMatchObject({
      statusCode: 404,
      detail: { data: { itemNotFound: { message: "Volume missing could not be found." } } },
    });
  });

  it("sends no microversion by default, so that 3.0 applies", async () => {
    const service = createClient(url, { token: `alice:${new Client(url).project}` });
    const response = await service.volumes.$get({ query: {} });
    expect(response.headers.get("OpenStack-API-Version")).toBe("volume 3.0");
  });

  it("is documented as it runs here", async () => {
    const read = (file: string) => readFile(path.join(import.meta.dirname, "../..", file), "utf8");
    expect(await read("docs/typescript.md")).toContain(
      `\`\`\`ts\n${await read("test/service/examples/handoff.ts")}\`\`\`\n`,
    );
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
    expect((await v3.types.$get({ param, query: {} })).status).toBe(200);
    expect((await v3.volumes[":id"].$delete({ param: { ...param, id }, query: {} })).status).toBe(202);
  });
});
