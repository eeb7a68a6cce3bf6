import { beforeEach, describe, expect, it } from "vitest";
import { Admin, Client, UNKNOWN_ID } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("revert, on %s", (_database, url) => {
  const admin = new Admin(url);
  let client: Client;
  let volume = "";
  let older = "";
  let latest = "";
  beforeEach(async () => {
    client = new Client(url);
    volume = await client.createVolume({ size: 2 });
    older = await client.createSnapshot(volume);
    latest = await client.createSnapshot(volume);
  });

  const revert = (snapshot_id: unknown, as = client, id = volume, more: object = {}) =>
    as.send("POST", `volumes/${id}/action`, { revert: { snapshot_id, ...more } });
  const updatedAt = async () => Object(await client.get(`volumes/${volume}`)).body.volume.updated_at;

  it("reverts a volume to its latest snapshot, which only updates it", async () => {
    const before = await updatedAt();
    const { status, body } = await revert(latest, client, volume, { colour: "red" });
    expect({ status, body }).toEqual({ status: 202, body: {} });
    expect(await updatedAt()).not.toBe(before);
    expect((await client.get(`volumes/${volume}`)).body.volume).toMatchObject({
      status: "available",
      size: 2,
    });
    expect((await client.get(`snapshots/${latest}`)).body.snapshot.status).toBe("available");
    expect((await revert(latest, admin)).status).toBe(202);
  });

  it("returns 400 for another snapshot, or none", async () => {
    const other = await client.createSnapshot(await client.createVolume());
    for (const [snapshot_id, named] of [
      [older, older],
      [other, other],
      [UNKNOWN_ID, UNKNOWN_ID],
      ["x", "x"],
      [null, "None"],
      [undefined, "None"],
    ] as const) {
      expect(messageOf(400, await revert(snapshot_id))).toBe(
        `Specified snapshot ${named} is None or not the latest one of volume ${volume}.`,
      );
    }
    const bare = await client.createVolume();
    expect(messageOf(400, await revert(latest, client, bare))).toBe(
      `Volume ${bare} doesn't have any snapshots.`,
    );
  });

  it("returns 400 for a volume that was extended since", async () => {
    await client.send("POST", `volumes/${volume}/action`, { "os-extend": { new_size: 3 } });
    expect(messageOf(400, await revert(latest))).toBe(
      `Can't revert volume ${volume} to its latest snapshot ${latest}. The volume size must be equal to the snapshot size.`,
    );
  });

  it.each(["error", "awaiting-transfer", "maintenance"])("returns 409 for a volume in %s", async (status) => {
    await admin.resetStatus("volumes", volume, status);
    expect(messageOf(409, await revert(latest))).toBe(
      `Invalid volume: Can't revert volume ${volume} to its latest snapshot ${latest}. Volume's status must be 'available'.`,
    );
  });

  it("returns 409 for a snapshot that is not available", async () => {
    await admin.resetStatus("snapshots", latest, "error");
    expect(messageOf(409, await revert(latest))).toBe(
      `Invalid snapshot: Can't revert volume ${volume} to its latest snapshot ${latest}. Snapshot's status must be 'available'.`,
    );
  });

  it("returns 404 for a volume that the caller cannot see, and before 3.40", async () => {
    expect((await revert(latest, new Client(url))).status).toBe(404);
    expect((await revert(latest, client, UNKNOWN_ID)).status).toBe(404);
    const at = (microversion: string) =>
      revert(latest, new Client(url, { project: client.project, microversion }));
    expect((await at("3.39")).body.itemNotFound?.message).toBe("The resource could not be found.");
    expect((await at("3.40")).status).toBe(202);
  });
});
