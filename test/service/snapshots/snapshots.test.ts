import { beforeEach, describe, expect, it } from "vitest";
import { Admin, Client, UNKNOWN_ID } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("snapshots, on %s", (_database, url) => {
  const admin = new Admin(url);
  let client: Client;
  let volume = "";
  let snapshot = "";
  beforeEach(async () => {
    client = new Client(url);
    volume = await client.createVolume();
    snapshot = await client.createSnapshot(volume);
  });

  const act = (as: Client, action: object, id = snapshot) =>
    as.send("POST", `snapshots/${id}/action`, action);
  const shown = async () => (await client.get(`snapshots/${snapshot}`)).body.snapshot;

  it("takes the name of a new snapshot from display_name, too", async () => {
    const body = { snapshot: { volume_id: volume, display_name: "old" } };
    const created = await client.send("POST", "snapshots", body);
    expect(created).toMatchObject({ status: 202, body: { snapshot: { name: "old" } } });
  });

  describe("os-force_delete", () => {
    it.each(["deleting", "error_deleting", "creating", "available"])(
      "deletes a snapshot in status %s, and takes it from the usage",
      async (status) => {
        await admin.resetStatus("snapshots", snapshot, status);
        expect((await act(admin, { "os-force_delete": {} })).status).toBe(202);
        expect((await client.get(`snapshots/${snapshot}`)).status).toBe(404);
        expect(await client.usage()).toEqual({ volumes: 1, gigabytes: 1, snapshots: 0 });
        expect((await act(admin, { "os-force_delete": null })).status).toBe(404);
        expect(await client.usage()).toEqual({ volumes: 1, gigabytes: 1, snapshots: 0 });
      },
    );
  });

  describe("os-reset_status", () => {
    it("sets every status of Cinder, in upper or lower case", async () => {
      for (const status of ["error", "UPDATING", "Backing-Up", "unmanaging"]) {
        expect((await act(admin, { "os-reset_status": { status } })).status).toBe(202);
        expect((await shown()).status).toBe(status.toLowerCase());
      }
    });

    it("rejects another status with the message of Cinder", async () => {
      for (const status of ["in-use", ""]) {
        expect(messageOf(400, await act(admin, { "os-reset_status": { status } }))).toBe(
          `Snapshot status: ${status} is invalid, valid statuses are: ('error', 'available', 'creating', 'deleting', ` +
            "'deleted', 'updating', 'error_deleting', 'unmanaging', 'backing-up', 'restoring').",
        );
      }
      expect(messageOf(400, await act(admin, { "os-reset_status": { status: null } }))).toBe(
        "Invalid input for field/attribute status. Value: None. None is not of type 'string'",
      );
      expect((await shown()).status).toBe("available");
    });
  });

  describe("os-update_snapshot_status", () => {
    const update = (status: string, progress?: unknown) =>
      act(client, { "os-update_snapshot_status": { status, progress } });

    it.each([
      ["creating", "creating"],
      ["creating", "available"],
      ["creating", "error"],
      ["deleting", "deleting"],
      ["deleting", "error_deleting"],
    ])("changes a snapshot from %s to %s, and sets its progress", async (before, after) => {
      await admin.resetStatus("snapshots", snapshot, before);
      expect((await update(after, "80%")).status).toBe(202);
      expect(await shown()).toMatchObject({
        status: after,
        "os-extended-snapshot-attributes:progress": "80%",
      });
    });

    it.each([
      ["available", "error", "Snapshot status available not allowed for update_snapshot_status"],
      ["error", "available", "Snapshot status error not allowed for update_snapshot_status"],
      [
        "creating",
        "deleting",
        "Provided snapshot status deleting not allowed for snapshot with status creating.",
      ],
      ["creating", "bogus", "Provided snapshot status bogus not allowed for snapshot with status creating."],
      [
        "deleting",
        "available",
        "Provided snapshot status available not allowed for snapshot with status deleting.",
      ],
    ])("does not change a snapshot from %s to %s", async (before, after, message) => {
      await admin.resetStatus("snapshots", snapshot, before);
      expect(messageOf(400, await update(after, "80%"))).toBe(message);
      expect(await shown()).toMatchObject({
        status: before,
        "os-extended-snapshot-attributes:progress": "100%",
      });
    });

    it("rejects a progress that is not a percentage", async () => {
      await admin.resetStatus("snapshots", snapshot, "creating");
      for (const progress of ["x%", "%", "1.5%"]) {
        expect(messageOf(400, await update("error", progress))).toBe(
          "Invalid input received: progress must be an integer percentage",
        );
      }
      for (const progress of ["101%", "-1%", "80.", "800"]) {
        expect(messageOf(400, await update("error", progress))).toBe(
          "Invalid input received: progress must be an integer percentage between 0 and 100",
        );
      }
      expect(messageOf(400, await update("error", 80))).toMatch(/is not of type 'string'$/);
      expect((await update("error", "")).status).toBe(202);
      expect(await shown()).toMatchObject({ "os-extended-snapshot-attributes:progress": "100%" });
    });

    it("returns 404 for a snapshot that does not exist, or is another project's", async () => {
      const action = { "os-update_snapshot_status": { status: "error" } };
      expect((await act(client, action, UNKNOWN_ID)).status).toBe(404);
      const { status, body } = await act(new Client(url), action);
      expect(status).toBe(404);
      expect(body.itemNotFound?.message).toBe(`Snapshot ${snapshot} could not be found.`);
    });
  });

  it("an unknown action returns 400", async () => {
    expect(messageOf(400, await act(client, { "os-migrate": {} }))).toMatch(
      /^There is no such action: os-migrate\./,
    );
  });

  describe("a new snapshot", () => {
    const create = (properties: object, as = client) =>
      as.send("POST", "snapshots", { snapshot: { volume_id: volume, ...properties } });

    it("of no volume returns 404", async () => {
      const { status, body } = await create({ volume_id: null });
      expect(status).toBe(404);
      expect(body).toEqual({ itemNotFound: { code: 404, message: "Volume None could not be found." } });
    });

    it("has a description, and no display_description", async () => {
      const { body } = await create({ description: "d" });
      expect(body.snapshot).toMatchObject({ description: "d" });
      expect(messageOf(400, await create({ display_description: "d" }))).toMatch(
        /Additional properties are not allowed \('display_description' was unexpected\)$/,
      );
    });
  });
});
