import { beforeEach, describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

const NOT_DELETABLE =
  "must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer";

describe.each(DATABASES)("the deletion of a volume, on %s", (_database, url) => {
  const admin = new Admin(url);
  let client: Client;
  let volume = "";
  beforeEach(async () => {
    client = new Client(url);
    volume = await client.createVolume();
  });

  const act = (action: object, as = client, id = volume) => as.send("POST", `volumes/${id}/action`, action);
  const usage = (gigabytes: number, volumes = 1, snapshots = 0) => ({ volumes, gigabytes, snapshots });
  const resetTo = (status: string) => act({ "os-reset_status": { status } }, admin);

  describe("os-force_delete", () => {
    const forceDelete = (as: Client = admin) => act({ "os-force_delete": {} }, as);

    it.each(["error_deleting", "attaching", "maintenance", "extending", "available"])(
      "deletes a volume in status %s, and takes it from the usage",
      async (status) => {
        await resetTo(status);
        expect((await forceDelete()).status).toBe(202);
        expect((await client.get(`volumes/${volume}`)).status).toBe(404);
        expect(await client.usage()).toEqual(usage(0, 0));
        expect((await forceDelete()).status).toBe(404);
        expect(await client.usage()).toEqual(usage(0, 0));
      },
    );

    it("closes the transfer of the volume", async () => {
      const { transfer } = (await client.createTransfer(volume)).body;
      expect((await forceDelete()).status).toBe(202);
      expect((await client.get(`volume-transfers/${transfer.id}`)).status).toBe(404);
    });

    it("rejects a volume that is attached, is being migrated, or has snapshots", async () => {
      await act({ "os-reset_status": { attach_status: "attached" } }, admin);
      expect(messageOf(400, await forceDelete())).toBe(
        `Invalid volume: Volume  ${NOT_DELETABLE}, or be disassociated from snapshots after volume transfer.`,
      );
      await act({ "os-reset_status": { attach_status: "detached", migration_status: "migrating" } }, admin);
      expect(messageOf(400, await forceDelete())).toContain(NOT_DELETABLE);
      await act({ "os-reset_status": { migration_status: "none" } }, admin);
      const snapshot = await client.createSnapshot(volume);
      expect(messageOf(400, await forceDelete())).toContain(NOT_DELETABLE);
      await client.delete(`snapshots/${snapshot}`);
      expect((await forceDelete()).status).toBe(202);
    });
  });

  describe("DELETE with force, from 3.23 on", () => {
    it("deletes the volume in any status for an admin, with cascade its snapshots too", async () => {
      const snapshot = await client.createSnapshot(volume);
      await admin.resetStatus("snapshots", snapshot, "creating");
      await resetTo("attaching");
      expect(messageOf(400, await admin.delete(`volumes/${volume}?cascade=true`))).toContain(NOT_DELETABLE);
      expect(messageOf(400, await admin.delete(`volumes/${volume}?force=true`))).toContain(NOT_DELETABLE);
      expect((await admin.delete(`volumes/${volume}?force=true&cascade=true`)).status).toBe(202);
      expect((await client.get(`snapshots/${snapshot}`)).status).toBe(404);
      expect(await client.usage()).toEqual(usage(0, 0));
    });

    it("is refused to others, must be a boolean, and is ignored before", async () => {
      const { status, body } = await client.delete(`volumes/${volume}?force=true`);
      expect(status).toBe(403);
      expect(body.forbidden?.message).toBe("Policy doesn't allow volume:force_delete to be performed.");
      expect(messageOf(400, await admin.delete(`volumes/${volume}?force=x`))).toBe(
        "Value 'x' for 'force' is not a boolean.",
      );
      const old = new Client(url, { project: client.project, microversion: "3.22" });
      expect((await old.delete(`volumes/${volume}?force=x`)).status).toBe(202);
    });
  });

  it("DELETE with cascade deletes the snapshots, unless one is in use", async () => {
    const [first, second] = [await client.createSnapshot(volume), await client.createSnapshot(volume)];
    expect(messageOf(400, await client.delete(`volumes/${volume}`))).toContain(NOT_DELETABLE);
    await admin.resetStatus("snapshots", second, "backing-up");
    expect(messageOf(400, await client.delete(`volumes/${volume}?cascade=true`))).toContain(NOT_DELETABLE);
    await admin.resetStatus("snapshots", second, "error");
    expect((await client.delete(`volumes/${volume}?cascade=true`)).status).toBe(202);
    for (const id of [first, second]) expect((await client.get(`snapshots/${id}`)).status).toBe(404);
    expect(await client.usage()).toEqual(usage(0, 0));
  });
});
