import { beforeEach, describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";
import { setUpTypes } from "../volume_types/setup.ts";

describe.each(DATABASES)("volumes, on %s", (_database, url) => {
  let admin: Admin;
  let client: Client;
  beforeEach(() => {
    admin = new Admin(url);
    client = new Client(url);
  });

  describe("a volume from another one", () => {
    const create = (properties: object, as = client) => as.send("POST", "volumes", { volume: properties });

    it("has its size, type, zone and bootable flag, and counts for the quota", async () => {
      const managed = await admin.send("POST", "os-volume-manage", {
        volume: {
          host: `${crypto.randomUUID()}@lvm#pool`,
          ref: { "source-name": "lun-1", size: 5 },
          availability_zone: "zone-1",
          bootable: true,
          metadata: { a: "1" },
        },
      });
      const source = managed.body.volume.id;
      const { status, body } = await create({ source_volid: source, name: "copy" }, admin);
      expect(status).toBe(202);
      const copied = { availability_zone: "zone-1", bootable: "true", size: 5, volume_type: "__DEFAULT__" };
      expect(body.volume).toMatchObject({
        ...copied,
        source_volid: source,
        snapshot_id: null,
        metadata: {},
        name: "copy",
      });
      const snapshot = await admin.createSnapshot(source);
      expect((await create({ snapshot_id: snapshot, size: 6 }, admin)).body.volume).toMatchObject({
        ...copied,
        size: 6,
        snapshot_id: snapshot,
        source_volid: null,
      });
      expect(await admin.usage()).toEqual({ volumes: 3, gigabytes: 21, snapshots: 1 });
    });

    it("has the type that is asked for instead", async () => {
      const source = await client.createVolume();
      const { create: createType, name } = setUpTypes(url);
      const id = await createType();
      const copy = { volume_type: name, volume_type_id: id };
      expect((await create({ source_volid: source, volume_type: id })).body.volume).toMatchObject(copy);
      const snapshot = await client.createSnapshot(source);
      expect((await create({ snapshot_id: snapshot, volume_type: name })).body.volume).toMatchObject(copy);
    });

    it("is encrypted exactly if its source is", async () => {
      const [encrypted, open] = [
        await client.createVolume({ volume_type: "LUKS" }),
        await client.createVolume(),
      ];
      expect((await create({ source_volid: encrypted })).body.volume).toMatchObject({ volume_type: "LUKS" });
      const idOf = async (name: string) =>
        (await client.get("types")).body.volume_types.find((type) => type.name === name)?.id;
      await admin.resetStatus("volumes", encrypted, "error");
      expect(messageOf(400, await create({ source_volid: encrypted, volume_type: "__DEFAULT__" }))).toBe(
        `Invalid input received: Invalid volume_type provided: ${await idOf("__DEFAULT__")} (requested type is not ` +
          "compatible; either match source volume, or omit type argument).",
      );
      const snapshot = await client.createSnapshot(open);
      expect(messageOf(400, await create({ snapshot_id: snapshot, volume_type: "LUKS" }))).toBe(
        `Invalid input received: Invalid volume_type provided: ${await idOf("LUKS")} (requested type is not ` +
          "compatible; recommend omitting the type argument).",
      );
    });

    it("cannot be smaller than its source", async () => {
      const source = await client.createVolume({ size: 3 });
      const snapshot = await client.createSnapshot(source);
      await client.send("POST", `volumes/${source}/action`, { "os-extend": { new_size: 4 } });
      expect(messageOf(400, await create({ source_volid: source, size: 3 }))).toBe(
        "Invalid input received: Volume size '3'GB cannot be smaller than original volume size  4GB. " +
          "They must be >= original volume size.",
      );
      expect(messageOf(400, await create({ snapshot_id: snapshot, size: 2 }))).toBe(
        "Invalid input received: Volume size '2'GB cannot be smaller than the snapshot size 3GB. " +
          "They must be >= original snapshot size.",
      );
      expect((await create({ snapshot_id: snapshot })).body.volume).toMatchObject({ size: 3 });
    });

    it("needs a source that is available", async () => {
      const source = await client.createVolume();
      const snapshot = await client.createSnapshot(source);
      await admin.resetStatus("volumes", source, "error");
      expect(messageOf(400, await create({ source_volid: source }))).toBe(
        "Invalid volume: Originating source volume status must be one of 'available, in-use' values",
      );
      await admin.resetStatus("snapshots", snapshot, "error");
      expect(messageOf(400, await create({ snapshot_id: snapshot }))).toBe(
        "Invalid snapshot: Originating snapshot status must be one of 'available' values",
      );
    });

    it("returns 404 for a source that does not exist, or is another project's", async () => {
      const source = await client.createVolume();
      const snapshot = await client.createSnapshot(source);
      const other = new Client(url);
      const byVolume = await create({ source_volid: source }, other);
      expect(byVolume.status).toBe(404);
      expect(byVolume.body.itemNotFound?.message).toBe(`Volume ${source} could not be found.`);
      const bySnapshot = await create({ snapshot_id: snapshot }, other);
      expect(bySnapshot.status).toBe(404);
      expect(bySnapshot.body.itemNotFound?.message).toBe(`Snapshot ${snapshot} could not be found.`);
      expect(messageOf(400, await create({ source_volid: source, snapshot_id: snapshot }))).toMatch(
        /A volume has one source/,
      );
      expect(messageOf(400, await create({}))).toMatch(/A volume needs a size/);
    });

    it("returns 413 if the quota has no room for the size of the source", async () => {
      const source = await client.createVolume({ size: 3 });
      await admin.setQuota(client.project, { gigabytes: 5 });
      const { status, body } = await create({ source_volid: source });
      expect(status).toBe(413);
      expect(body.overLimit?.message).toMatch(/Requested 3G, quota is 5G and 3G has been consumed\.$/);
    });
  });
});
