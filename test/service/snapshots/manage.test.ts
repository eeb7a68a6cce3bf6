import { beforeEach, describe, expect, it } from "vitest";
import { Admin, Client, UNKNOWN_ID } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

const REF = { "source-name": "snap-1" };

describe.each(DATABASES)("snapshots, on %s", (_database, url) => {
  let admin: Admin;
  let client: Client;
  let volume = "";
  beforeEach(async () => {
    admin = new Admin(url);
    client = new Client(url);
    volume = await client.createVolume({ size: 3 });
  });

  const manage = (properties: object = {}, path = "os-snapshot-manage", as: Client = admin) =>
    as.send("POST", path, { snapshot: { volume_id: volume, ref: REF, ...properties } });
  const unmanage = (id: string, as: Client = admin) =>
    as.send("POST", `snapshots/${id}/action`, { "os-unmanage": {} });

  describe("POST /os-snapshot-manage", () => {
    it("makes a snapshot of storage that exists, of the size of the volume, in the admin's project", async () => {
      const properties = { name: "n", description: "d", metadata: { a: "1" } };
      const { status, body } = await manage(properties);
      expect(status).toBe(202);
      const expected = { ...properties, volume_id: volume, size: 3, status: "available" };
      expect(body.snapshot).toMatchObject(expected);
      expect((await admin.get(`snapshots/${body.snapshot.id}`)).body.snapshot).toMatchObject({
        ...expected,
        "os-extended-snapshot-attributes:project_id": admin.project,
      });
      expect(await admin.usage()).toEqual({ volumes: 0, gigabytes: 3, snapshots: 1 });
    });

    it("rejects storage that a snapshot of the volume has already, under either name", async () => {
      const { snapshot } = (await manage({ ref: { "source-id": "7", "source-name": "s" } })).body;
      const refusal = "Unable to manage existing snapshot. The snapshot is already managed";
      expect(messageOf(400, await manage({ ref: { "source-name": "s", "source-id": "7" } }))).toBe(refusal);
      for (const prefix of ["snapshot-", "_snapshot-"]) {
        const ref = { "source-name": prefix + snapshot.id };
        expect(messageOf(400, await manage({ ref }))).toBe(refusal);
      }
      volume = await client.createVolume();
      expect((await manage({ ref: { "source-name": "s", "source-id": "7" } })).status).toBe(202);
    });

    it("manages the storage that an unmanaged snapshot has left", async () => {
      const id = await client.createSnapshot(volume);
      expect((await unmanage(id)).status).toBe(202);
      expect((await client.get(`snapshots/${id}`)).status).toBe(404);
      expect(await client.usage()).toEqual({ volumes: 1, gigabytes: 3, snapshots: 0 });
      expect((await manage({ ref: { "source-name": `_snapshot-${id}` } })).status).toBe(202);
    });

    it.each([{}, { "source-name": "" }, { "source-name": 7 }, { "source-name": "n".repeat(256) }])(
      "returns 400 for the reference %j",
      async (ref) => {
        expect(messageOf(400, await manage({ ref }))).toMatch(/^Invalid input received: '.*' of? ?/);
      },
    );

    it.each(["text", null, 7])("returns 400 for the reference %j, which is no object", async (ref) => {
      expect(messageOf(400, await manage({ ref }))).toMatch(/^Invalid input for field\/attribute ref/);
    });

    it("returns 404 for a volume that does not exist, and 400 for one that is offered", async () => {
      expect((await manage({ volume_id: UNKNOWN_ID })).status).toBe(404);
      await client.createTransfer(volume);
      expect(messageOf(400, await manage())).toMatch(/current status is: awaiting-transfer\.$/);
    });

    it("returns 413 if the quota has no room", async () => {
      await admin.setQuota(admin.project, { snapshots: 0 });
      expect((await manage()).status).toBe(413);
    });

    it("returns 403 to users who are no admins", async () => {
      expect((await manage({}, "os-snapshot-manage", client)).status).toBe(403);
    });
  });

  it("POST /manageable_snapshots does the same from 3.8 on", async () => {
    expect((await manage({}, "manageable_snapshots")).status).toBe(202);
    const { project } = admin;
    const old = new Client(url, { project, user: "root", roles: "admin", microversion: "3.7" });
    expect((await manage({}, "manageable_snapshots", old)).status).toBe(404);
  });

  describe("os-unmanage", () => {
    it("returns 400 for a status that forbids it, 403 to others than admins, 404 for no snapshot", async () => {
      const id = await client.createSnapshot(volume);
      expect((await unmanage(id, client)).status).toBe(403);
      await admin.resetStatus("snapshots", id, "creating");
      expect(messageOf(400, await unmanage(id))).toBe(
        "Invalid snapshot: Snapshot status must be available or error and must not be part of a group.",
      );
      expect((await unmanage(UNKNOWN_ID)).status).toBe(404);
    });
  });
});
