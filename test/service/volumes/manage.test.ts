import { beforeEach, describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("volumes, on %s", (_database, url) => {
  let admin: Admin;
  let host = "";
  beforeEach(() => {
    admin = new Admin(url);
    // Storage is managed once: each test has a host of its own.
    host = `${crypto.randomUUID()}@lvm#pool`;
  });

  const manage = (properties: object, path = "os-volume-manage", as: Client = admin) =>
    as.send("POST", path, { volume: { host, ref: { "source-name": "lun-1", size: 5 }, ...properties } });

  describe("POST /os-volume-manage", () => {
    it("makes a volume of storage that exists, with the size of the reference", async () => {
      const { status, body } = await manage({
        name: " n ",
        description: "d",
        availability_zone: "zone-1",
        bootable: "true",
        metadata: { a: "1" },
        volume_type: "__DEFAULT__",
      });
      expect(status).toBe(202);
      const expected = {
        name: "n",
        description: "d",
        size: 5,
        status: "available",
        availability_zone: "zone-1",
        bootable: "true",
        metadata: { a: "1" },
        volume_type: "__DEFAULT__",
        encrypted: false,
      };
      expect(body.volume).toMatchObject(expected);
      expect((await admin.get(`volumes/${body.volume.id}`)).body.volume).toMatchObject({
        ...expected,
        "os-vol-host-attr:host": host,
        "os-volume-manage:ref": { "source-name": "lun-1" },
        "os-vol-tenant-attr:tenant_id": admin.project,
      });
      expect(await admin.usage()).toEqual({ volumes: 1, gigabytes: 5, snapshots: 0 });
    });

    it("shows the reference to admins alone, and a volume keeps it when it changes hands", async () => {
      const { volume } = (await manage({ ref: { "source-id": "7", size: "5" } })).body;
      const { transfer } = (await admin.createTransfer(volume.id)).body;
      const other = new Client(url);
      expect((await other.accept(transfer)).status).toBe(202);
      expect((await other.get(`volumes/${volume.id}`)).body.volume).not.toHaveProperty(
        "os-volume-manage:ref",
      );
      expect((await admin.get(`volumes/${volume.id}`)).body.volume).toMatchObject({
        "os-volume-manage:ref": { "source-id": "7" },
      });
    });

    it("shows the reference from 3.8 on: clients of earlier versions reject what they do not know", async () => {
      const { volume } = (await manage({ ref: { "source-name": "lun-1", size: 5 } })).body;
      const shown = async (microversion: string) => {
        const { project } = admin;
        const client = new Client(url, { project, user: "root", roles: "admin", microversion });
        return (await client.get(`volumes/${volume.id}`)).body.volume;
      };
      expect(await shown("3.7")).not.toHaveProperty("os-volume-manage:ref");
      expect(await shown("3.8")).toHaveProperty("os-volume-manage:ref");
    });

    it("takes null for values that are left out, as `openstack` sends it", async () => {
      const nothing = { name: null, description: null, availability_zone: null, bootable: null };
      const { status, body } = await manage({ ...nothing, metadata: null, volume_type: null });
      expect(status).toBe(202);
      expect(body.volume).toMatchObject({ name: null, bootable: "false", metadata: {} });
    });

    it("takes the size from the end of a name, for clients that send nothing else", async () => {
      for (const [name, separator] of [
        ["lun-2", ","],
        ["lun-3", ";"],
      ]) {
        const { body } = await manage({ ref: { "source-name": `${name}${separator}size=8` } });
        expect(body.volume).toMatchObject({ size: 8 });
        expect((await admin.get(`volumes/${body.volume.id}`)).body.volume).toMatchObject({
          "os-volume-manage:ref": { "source-name": name },
        });
      }
    });

    it("needs a size, since there is no back end to ask", async () => {
      for (const ref of [{ "source-name": "x" }, { "source-id": "1" }, "text"]) {
        expect(messageOf(400, await manage({ ref }))).toMatch(
          /^There is no back end to ask for the size of the volume: give it in GiB as 'size' in 'ref'/,
        );
      }
      for (const size of [0, -1, "x", 1.5, null, "", 2 ** 31]) {
        expect(messageOf(400, await manage({ ref: { "source-name": "x", size } }))).toMatch(/size/);
      }
      expect(messageOf(400, await manage({ ref: { size: 1 } }))).toMatch(/'source-name' or 'source-id'/);
      for (const name of [{}, "", "x".repeat(256)])
        expect(messageOf(400, await manage({ ref: { "source-name": name, size: 1 } }))).toMatch(
          /'source-name'/,
        );
      expect(await admin.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
    });

    it("needs a host, and not a cluster", async () => {
      const both = "Invalid input received: One and only one of cluster and host must be set.";
      expect(messageOf(400, await manage({ host: null }))).toBe(both);
      expect(messageOf(400, await manage({ cluster: "c" }))).toBe(both);
      expect(messageOf(400, await manage({ host: null, cluster: "c" }))).toBe("Cluster 'c' not found");
      const old = new Client(url, { roles: "admin", microversion: "3.15" });
      expect(messageOf(400, await manage({ cluster: "c" }, "os-volume-manage", old))).toMatch(
        /'cluster' was unexpected/,
      );
      expect(messageOf(400, await manage({ host: "no host" }))).toMatch(
        /^Invalid input for field\/attribute host\./,
      );
      expect(messageOf(400, await manage({ host: "" }))).toMatch(/should be non-empty$/);
    });

    it("manages the same storage once, also if two ask at once", async () => {
      const answers = await Promise.all([manage({}), manage({ ref: { size: 9, "source-name": "lun-1" } })]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 400]);
      expect(messageOf(400, await manage({}))).toBe(
        "Unable to manage existing volume. The volume is already managed",
      );
      expect((await manage({ host: `another@host${host.slice(0, 8)}` })).status).toBe(202);
      const volume = await admin.createVolume();
      expect(messageOf(400, await manage({ ref: { "source-name": `volume-${volume}`, size: 1 } }))).toBe(
        "Unable to manage existing volume. The volume is already managed",
      );
    });

    it("rejects an unknown type and one with encryption", async () => {
      expect(messageOf(400, await manage({ volume_type: "nothing" }))).toBe(
        "Invalid volume type: Cannot find requested 'nothing' volume type",
      );
      expect(messageOf(400, await manage({ volume_type: "LUKS" }))).toBe(
        "Managing to an encrypted volume type is not supported.",
      );
    });

    it("returns 413 if the quota has no room", async () => {
      await admin.setQuota(admin.project, { gigabytes: 4 });
      const { status, body } = await manage({});
      expect(status).toBe(413);
      expect(body.overLimit?.message).toMatch(/^VolumeSizeExceedsAvailableQuota: /);
    });

    it("is for admins, and has a newer path from 3.8 on", async () => {
      expect((await manage({}, "os-volume-manage", new Client(url))).status).toBe(403);
      expect((await manage({}, "manageable_volumes")).status).toBe(202);
      const old = new Client(url, { roles: "admin", microversion: "3.7" });
      expect((await manage({}, "manageable_volumes", old)).status).toBe(404);
    });
  });

  describe("os-unmanage", () => {
    const unmanage = (id: string, as: Client = admin) =>
      as.send("POST", `volumes/${id}/action`, { "os-unmanage": null });

    it("deletes the record, so that the storage can be managed again", async () => {
      const { volume } = (await manage({})).body;
      expect((await unmanage(volume.id)).status).toBe(202);
      expect((await admin.get(`volumes/${volume.id}`)).status).toBe(404);
      expect(await admin.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
      expect((await manage({})).status).toBe(202);
      expect((await unmanage(volume.id)).status).toBe(404);
    });

    it("rejects a volume that is offered, has snapshots, or is encrypted", async () => {
      const client = new Client(url);
      const [offered, parent] = [await client.createVolume(), await client.createVolume()];
      await client.createTransfer(offered);
      await client.createSnapshot(parent);
      for (const id of [offered, parent]) {
        expect(messageOf(400, await unmanage(id))).toMatch(
          /^Invalid volume: Volume status must be available or error/,
        );
      }
      const encrypted = await client.createVolume({ volume_type: "LUKS" });
      expect(messageOf(400, await unmanage(encrypted))).toBe(
        "Unmanaging encrypted volumes is not supported.",
      );
      expect((await unmanage(await client.createVolume(), client)).status).toBe(403);
    });
  });
});
