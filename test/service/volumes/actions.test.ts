import { beforeEach, describe, expect, it } from "vitest";
import { Admin, Client, UNKNOWN_ID } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

const NOT_DELETABLE =
  "must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer";

describe.each(DATABASES)("the actions of a volume, on %s", (_database, url) => {
  const admin = new Admin(url);
  let client: Client;
  let volume = "";
  beforeEach(async () => {
    client = new Client(url);
    volume = await client.createVolume();
  });

  const act = (action: object, as = client, id = volume) => as.send("POST", `volumes/${id}/action`, action);
  const shown = async (as = client) => (await as.get(`volumes/${volume}`)).body.volume;
  const usage = (gigabytes: number, volumes = 1, snapshots = 0) => ({ volumes, gigabytes, snapshots });
  const resetTo = (status: string) => act({ "os-reset_status": { status } }, admin);

  describe("os-extend", () => {
    const extend = (new_size: unknown, as = client) => act({ "os-extend": { new_size } }, as);

    it("makes the volume larger, and adds the difference to the usage", async () => {
      expect((await extend(3)).status).toBe(202);
      expect(await shown()).toMatchObject({ size: 3, status: "available" });
      expect(await client.usage()).toEqual(usage(3));
      expect((await extend("4")).status).toBe(202);
      expect(await client.usage()).toEqual(usage(4));
      await client.delete(`volumes/${volume}`);
      expect(await client.usage()).toEqual(usage(0, 0));
    });

    it("adds to the usage of the volume's project if an admin extends it", async () => {
      expect((await extend(3, admin)).status).toBe(202);
      expect(await client.usage()).toEqual(usage(3));
      expect(await admin.usage()).toEqual(usage(0, 0));
    });

    it("rejects a size that is not larger, and a volume that is not available", async () => {
      for (const size of [1, "1"]) {
        expect(messageOf(400, await extend(size))).toBe(
          "Invalid input received: New size for extend must be greater than current size. (current: 1, extended: 1).",
        );
      }
      await resetTo("error");
      expect(messageOf(400, await extend(2))).toBe(
        `Invalid volume: Volume ${volume} status must be '{'status': 'available'}' to extend, currently error.`,
      );
      expect(await client.usage()).toEqual(usage(1));
    });

    it.each([
      [0, "0. 0 is less than the minimum of 1"],
      ["0", "0. 0 is less than the minimum of 1"],
      [-1, "-1. -1 is less than the minimum of 1"],
      ["-1", "-1. '-1' does not match '^[0-9]+$'"],
      [" 2 ", " 2 . ' 2 ' does not match '^[0-9]+$'"],
      [1.5, "1.5. 1.5 is not of type 'integer', 'string'"],
      [null, "None. None is not of type 'integer', 'string'"],
      [true, "True. True is not of type 'integer', 'string'"],
      [[2], "[2]. [2] is not of type 'integer', 'string'"],
      [2 ** 31, "2147483648. 2147483648 is greater than the maximum of 2147483647"],
      ["2147483648", "2147483648. 2147483648 is greater than the maximum of 2147483647"],
    ])("rejects the size %j", async (size, message) => {
      expect(messageOf(400, await extend(size))).toBe(
        `Invalid input for field/attribute new_size. Value: ${message}`,
      );
    });

    it("returns 413 if a quota has no room, and changes nothing", async () => {
      await admin.setQuota(client.project, { gigabytes: 5, per_volume_gigabytes: 4 });
      expect(messageOf(413, await extend(5))).toBe(
        "VolumeSizeExceedsLimit: Requested volume size 5G is larger than maximum allowed limit 4G.",
      );
      expect((await extend(4)).status).toBe(202);
      const other = await client.createVolume();
      expect(messageOf(413, await act({ "os-extend": { new_size: 2 } }, client, other))).toBe(
        "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. " +
          "Requested 1G, quota is 5G and 5G has been consumed.",
      );
      await admin.setQuota(client.project, { gigabytes: -1, gigabytes___DEFAULT__: 6 });
      expect(messageOf(413, await act({ "os-extend": { new_size: 3 } }, client, other))).toMatch(
        /gigabytes___DEFAULT__ quota\. Requested 2G, quota is 6G and 5G/,
      );
      expect(await client.usage()).toEqual(usage(5, 2));
      expect((await act({ "os-extend": { new_size: 2 } }, client, other)).status).toBe(202);
      expect(await client.usage()).toEqual(usage(6, 2));
    });

    it("does not exceed the quota with concurrent requests", async () => {
      await admin.setQuota(client.project, { gigabytes: 6 });
      const others = [volume, await client.createVolume(), await client.createVolume()];
      const answers = await Promise.all(
        others.map((id) => act({ "os-extend": { new_size: 3 } }, client, id)),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 413, 413]);
      expect(await client.usage()).toEqual(usage(5, 3));
    });

    it("a transfer takes the volume with its new size", async () => {
      await extend(3);
      const { transfer } = (await client.createTransfer(volume)).body;
      expect(messageOf(400, await extend(4))).toMatch(/currently awaiting-transfer\.$/);
      const other = new Client(url);
      expect((await other.accept(transfer)).status).toBe(202);
      expect(await other.usage()).toEqual(usage(3));
      expect(await client.usage()).toEqual(usage(0, 0));
    });
  });

  it("os-set_bootable sets whether the volume is bootable, and returns 200", async () => {
    const setBootable = (bootable: unknown) => act({ "os-set_bootable": { bootable } });
    const { status, headers } = await setBootable(true);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    expect(await shown()).toMatchObject({ bootable: "true" });
    expect((await setBootable("off")).status).toBe(200);
    expect(await shown()).toMatchObject({ bootable: "false" });
    expect(messageOf(400, await setBootable("maybe"))).toMatch(
      /^Invalid input for field\/attribute bootable\./,
    );
    expect(messageOf(400, await act({ "os-set_bootable": {} }))).toMatch(
      /'bootable' is a required property$/,
    );
    await resetTo("maintenance");
    expect(messageOf(400, await setBootable(true))).toBe(
      "Invalid volume: The volume cannot be updated during maintenance.",
    );
  });

  it("os-update_readonly_flag sets a flag that the metadata shows", async () => {
    const setReadonly = (readonly: unknown) => act({ "os-update_readonly_flag": { readonly } });
    const { updated_at } = Object(await shown());
    expect((await setReadonly(true)).status).toBe(202);
    expect(await shown()).toMatchObject({ metadata: { readonly: "True" }, updated_at });
    expect((await setReadonly("false")).status).toBe(202);
    expect((await shown()).metadata).toEqual({ readonly: "False" });
    expect((await client.get(`volumes/${volume}/metadata`)).body.metadata).toEqual({});
    await resetTo("error");
    expect(messageOf(400, await setReadonly(true))).toBe(
      `Invalid volume: Volume ${volume} status must be available to update readonly flag, ` +
        "but current status is: error.",
    );
  });

  describe("os-reserve", () => {
    it("reserves the volume, which then can neither be offered nor deleted nor reserved again", async () => {
      expect((await act({ "os-reserve": {} })).status).toBe(202);
      expect(await shown()).toMatchObject({ status: "attaching" });
      expect(messageOf(400, await client.createTransfer(volume))).toBe(
        "Invalid volume: status must be available",
      );
      expect(messageOf(400, await client.delete(`volumes/${volume}`))).toContain(NOT_DELETABLE);
      expect(messageOf(400, await act({ "os-reserve": null }))).toBe(
        "Invalid volume: Volume status must be available to reserve, but the status is attaching.",
      );
      expect((await act({ "os-unreserve": {} })).status).toBe(202);
      expect(await shown()).toMatchObject({ status: "available" });
      expect((await client.createTransfer(volume)).status).toBe(202);
    });

    it("os-unreserve changes nothing of a volume that is not reserved", async () => {
      await client.createTransfer(volume);
      expect((await act({ "os-unreserve": {} })).status).toBe(202);
      expect(await shown()).toMatchObject({ status: "awaiting-transfer" });
    });

    it("of a reservation and a transfer at once, one is refused", async () => {
      const answers = await Promise.all([act({ "os-reserve": {} }), client.createTransfer(volume)]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 400]);
    });
  });

  describe("os-reset_status", () => {
    const reset = (statuses: object) => act({ "os-reset_status": statuses }, admin);

    it("sets a status, an attach status and a migration status, in upper or lower case", async () => {
      const statuses = { status: "ERROR", attach_status: "Attached", migration_status: "Migrating" };
      expect((await reset(statuses)).status).toBe(202);
      expect(await shown(admin)).toMatchObject({
        status: "error",
        migration_status: "migrating",
        "os-vol-mig-status-attr:migstat": "migrating",
      });
      expect((await reset({ migration_status: "none", status: null })).status).toBe(202);
      expect(await shown(admin)).toMatchObject({ status: "error", migration_status: null });
    });

    it("refuses to say that the volume is being deleted, or is in use without an attachment", async () => {
      expect(messageOf(400, await reset({ status: "deleting" }))).toBe("Cannot reset-state to deleting");
      await reset({ attach_status: "attached" });
      expect(messageOf(400, await reset({ status: "in-use" }))).toBe(
        "Cannot reset-state to in-use because volume does not have any attachments.",
      );
      expect(await shown()).toMatchObject({ status: "available" });
    });

    it("returns 400 for unknown statuses, with the messages of Cinder", async () => {
      expect(messageOf(400, await reset({ status: "bogus" }))).toMatch(
        /^Volume status: bogus is invalid, valid statuses are: \('creating', 'available', .*, 'extending'\)\.$/,
      );
      expect(messageOf(400, await reset({ attach_status: "x" }))).toBe(
        "Volume attach status: x is invalid, valid statuses are: ['attached', 'detached'].",
      );
      expect(messageOf(400, await reset({ migration_status: "x" }))).toBe(
        "Volume migration status: x is invalid, valid statuses are: " +
          "('migrating', 'error', 'success', 'completing', 'none', 'starting').",
      );
      for (const statuses of [{}, { status: null }, { status: "", attach_status: null }, { foo: "x" }]) {
        expect(messageOf(400, await reset(statuses))).toBe(
          "Must specify 'status', 'attach_status' or 'migration_status' for update.",
        );
      }
      expect(messageOf(400, await reset({ status: 1 }))).toMatch(/is not of type 'string'/);
      expect(messageOf(400, await reset({ status: "error", colour: "red" }))).toMatch(
        /'colour' was unexpected/,
      );
    });
  });

  it.each([
    { "os-extend": { new_size: 2 } },
    { "os-set_bootable": { bootable: true } },
    { "os-update_readonly_flag": { readonly: true } },
    { "os-reserve": {} },
    { "os-unreserve": {} },
  ])("%j returns 404 for a volume that does not exist, or is another project's", async (action) => {
    expect((await act(action, client, UNKNOWN_ID)).status).toBe(404);
    const { status, body } = await act(action, new Client(url));
    expect(status).toBe(404);
    expect(body.itemNotFound?.message).toBe(`Volume ${volume} could not be found.`);
  });

  it.each([{ "os-reset_status": { status: "in-use" } }, { "os-reset_status": { status: "deleting" } }])(
    "%j returns 404 for a volume that does not exist",
    async (action) => {
      expect((await act(action, admin, UNKNOWN_ID)).status).toBe(404);
    },
  );
});
