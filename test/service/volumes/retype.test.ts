import { beforeEach, describe, expect, it } from "vitest";
import { Admin, Client, UNKNOWN_ID } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("os-retype, on %s", (_database, url) => {
  const admin = new Admin(url);
  let client: Client;
  let volume = "";
  let type = "";
  beforeEach(async () => {
    client = new Client(url);
    volume = await client.createVolume({ size: 2 });
    type = await createType();
  });

  const createType = async (values: object = {}): Promise<string> => {
    const name = `type ${crypto.randomUUID()}`;
    await admin.send("POST", "types", { volume_type: { name, ...values } });
    return name;
  };
  const retype = (new_type: unknown, as = client, id = volume, more: object = {}) =>
    as.send("POST", `volumes/${id}/action`, { "os-retype": { new_type, ...more } });
  const typeOf = async () => (await client.get(`volumes/${volume}`)).body.volume;
  /** Returns the volumes, GiB and snapshots of a project, of one type and of all. */
  const usageOf = async (name: string, as = client) => {
    const { quota_set } = (await as.get(`os-quota-sets/${as.project}?usage=True`)).body;
    const used = (suffix: string) =>
      ["volumes", "gigabytes", "snapshots"].map((resource) => quota_set[resource + suffix]?.in_use);
    return { type: used(`_${name}`), all: used("") };
  };

  it.each([undefined, "never", "on-demand"])(
    "changes the type, and moves the usage, with the migration policy %j",
    async (migration_policy) => {
      const more = migration_policy === undefined ? {} : { migration_policy };
      expect((await retype(type, client, volume, more)).status).toBe(202);
      expect(await typeOf()).toMatchObject({ volume_type: type, status: "available" });
      expect(await usageOf(type)).toEqual({ type: [1, 2, 0], all: [1, 2, 0] });
      expect((await usageOf("__DEFAULT__")).type).toEqual([0, 0, 0]);
      await client.delete(`volumes/${volume}`);
      expect(await usageOf(type)).toEqual({ type: [0, 0, 0], all: [0, 0, 0] });
    },
  );

  it("takes the id of the type", async () => {
    const list = (await admin.get("types")).body;
    const id = list.volume_types.find(({ name }) => name === type)?.id;
    expect((await retype(id)).status).toBe(202);
    expect(await typeOf()).toMatchObject({ volume_type: type });
  });

  it("moves the usage of the snapshots, also of those that a transfer left with another project", async () => {
    await client.createSnapshot(volume);
    const recipient = new Client(url);
    const { transfer } = (await client.createTransfer(volume, { no_snapshots: true })).body;
    expect((await recipient.accept(transfer)).status).toBe(202);
    await recipient.createSnapshot(volume);
    await recipient.createSnapshot(volume);
    expect((await retype(type, recipient)).status).toBe(202);
    expect(await usageOf(type, recipient)).toEqual({ type: [1, 6, 2], all: [1, 6, 2] });
    expect(await usageOf(type)).toEqual({ type: [0, 2, 1], all: [0, 2, 1] });
    expect((await usageOf("__DEFAULT__")).type).toEqual([0, 0, 0]);
  });

  it("lets an admin retype, and counts for the project of the volume", async () => {
    expect((await retype(type, admin)).status).toBe(202);
    expect(await usageOf(type)).toEqual({ type: [1, 2, 0], all: [1, 2, 0] });
  });

  it("returns 413 if the quota of the new type has no room, whatever room there is over all types", async () => {
    await admin.setQuota(client.project, { volumes: 1, gigabytes: 2, [`gigabytes_${type}`]: 1 });
    const refused = await retype(type);
    expect(refused.status).toBe(413);
    expect(refused.body.overLimit?.message).toBe(
      `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes_${type} quota. ` +
        "Requested 2G, quota is 1G and 0G has been consumed.",
    );
    expect(await usageOf("__DEFAULT__")).toEqual({ type: [1, 2, 0], all: [1, 2, 0] });
    await admin.setQuota(client.project, { [`gigabytes_${type}`]: 2 });
    expect((await retype(type)).status).toBe(202);
  });

  it("moves the usage once if the same request comes several times at once", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => retype(type)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 400, 400]);
    expect(await usageOf(type)).toEqual({ type: [1, 2, 0], all: [1, 2, 0] });
  });

  it("returns 400 for the same type, and for a status that forbids it", async () => {
    const refusal = /^Invalid volume: Retype needs volume to be in available or in-use state/;
    expect(messageOf(400, await retype("__DEFAULT__"))).toMatch(refusal);
    await client.createTransfer(volume);
    expect(messageOf(400, await retype(type))).toMatch(refusal);
    expect(await usageOf("__DEFAULT__")).toEqual({ type: [1, 2, 0], all: [1, 2, 0] });
  });

  it("returns 404 for a type that does not exist, or that the project may not use", async () => {
    const hidden = await createType({ "os-volume-type-access:is_public": false });
    const list = (await admin.get("types?is_public=none")).body;
    const id = list.volume_types.find(({ name }) => name === hidden)?.id ?? "";
    for (const [new_type, named] of [
      ["no such type", "with name no such type"],
      ["", "with name "],
      ["x".repeat(256), `with name ${"x".repeat(256)}`],
      [hidden, `with name ${hidden}`],
      [id, id],
      [UNKNOWN_ID, UNKNOWN_ID],
    ] as const) {
      const { status, body } = await retype(new_type);
      expect(status).toBe(404);
      expect(body.itemNotFound?.message).toBe(`Volume type ${named} could not be found.`);
    }
    expect((await retype(hidden, admin)).status).toBe(202);
  });

  it("returns the 404 of the type before the 413 of its quota, and that before the 400 of the status", async () => {
    await admin.resetStatus("volumes", volume, "error");
    expect((await retype("no such type")).status).toBe(404);
    await admin.setQuota(client.project, { [`volumes_${type}`]: 0 });
    expect((await retype(type)).status).toBe(413);
    await admin.setQuota(client.project, { [`volumes_${type}`]: 1 });
    expect((await retype(type)).status).toBe(400);
  });

  it("returns 400 for a type that is encrypted unlike the volume", async () => {
    const refusal = "Invalid volume: Retype requires migration but is not allowed.";
    expect(messageOf(400, await retype("LUKS"))).toBe(refusal);
    const luks = await client.createVolume({ volume_type: "LUKS" });
    expect(messageOf(400, await retype(type, client, luks))).toBe(refusal);
  });

  it.each([[null], [7]])("returns 400 for the type %j", async (new_type) => {
    expect(messageOf(400, await retype(new_type))).toMatch(/^Invalid input for field\/attribute new_type/);
  });

  it.each([
    ["always", "'always' is not one of ['on-demand', 'never']"],
    [null, "None is not one of ['on-demand', 'never']"],
    [1, "1 is not of type 'string', 'null'"],
  ])("returns 400 for the migration policy %j", async (migration_policy, wrong) => {
    expect(messageOf(400, await retype(type, client, volume, { migration_policy }))).toContain(wrong);
  });

  it("returns 404 for a volume that the caller cannot see", async () => {
    expect((await retype(type, client, UNKNOWN_ID)).status).toBe(404);
    expect((await retype(type, new Client(url))).status).toBe(404);
  });
});
