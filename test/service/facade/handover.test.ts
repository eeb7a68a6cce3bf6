import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client, UNKNOWN_ID, WRONG_KEY } from "../../support/client.ts";
import { DATABASES } from "../../support/databases.ts";
import { Cloud, offer, statusInCinder } from "./cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud?.stop());

describe.each(DATABASES)("a transfer in front of a Cinder, on %s", (database) => {
  const project = () => cloud.project(database);

  it("is handed over in Cinder, with the key of the service", async () => {
    const [donor, acceptor] = [project(), project()];
    const transfer = await offer(donor, { name: "handoff" }, 1);
    expect(transfer).toMatchObject({
      name: "handoff",
      source_project_id: donor.project,
      auth_key: expect.stringMatching(/^[0-9a-z]{16}$/),
      links: [
        { rel: "self", href: `${donor.url}/v3/${donor.project}/os-volume-transfer/${transfer.id}` },
        { rel: "bookmark", href: `${donor.url}/${donor.project}/os-volume-transfer/${transfer.id}` },
      ],
    });
    expect((await donor.get(`volume-transfers/${transfer.id}`)).body.transfer).not.toHaveProperty("auth_key");
    // Cinder has a key of its own.
    expect((await acceptor.inCinder.accept(transfer)).body.badRequest?.message).toMatch(/invalid auth key/);
    const accepted = await acceptor.accept(transfer);
    expect(accepted.status).toBe(202);
    expect(accepted.body.transfer).toMatchObject({ id: transfer.id, volume_id: transfer.volume_id });
    expect(await statusInCinder(acceptor, transfer.volume_id)).toBe("available");
    expect(await statusInCinder(donor, transfer.volume_id)).toBeUndefined();
    expect((await acceptor.accept(transfer)).status).toBe(404);
    expect((await donor.get(`volume-transfers/${transfer.id}`)).status).toBe(404);
    for (const client of [donor, acceptor]) {
      const [closed] = (await client.get("volume-transfers/history")).body.transfers;
      expect(closed).toMatchObject({
        id: transfer.id,
        ended_as: "accepted",
        destination_project_id: acceptor.project,
      });
      const { events } = (await client.get("events")).body;
      expect(events.at(-1)).toMatchObject({
        type: "org.openstack.volume_transfer.accepted",
        data: {
          volume: { id: transfer.volume_id, name: "web", size: 3 },
          snapshot_ids: [expect.any(String)],
          destination_project_id: acceptor.project,
        },
      });
    }
  });

  it("has an id that names no other resource of Cinder", async () => {
    const donor = project();
    const volume = await donor.inCinder.createVolume({});
    const answer = await donor.delete(`volume-transfers/..%2Fvolumes%2F${volume}`);
    expect(answer.status).toBe(404);
    expect(await statusInCinder(donor, volume)).toBe("available");
  });

  it("counts wrong keys here, and refuses every key after too many", async () => {
    const [donor, acceptor] = [project(), project()];
    const transfer = await offer(donor);
    for (let i = 0; i < 10; i++) {
      const { status, body } = await acceptor.accept({ id: transfer.id, auth_key: WRONG_KEY });
      expect([status, body.badRequest?.message]).toEqual([
        400,
        `Invalid auth key: Attempt to transfer ${transfer.id} with invalid auth key.`,
      ]);
    }
    expect((await acceptor.accept(transfer)).status).toBe(400);
    const shown = await donor.send("GET", `volume-transfers/${transfer.id}`, undefined, {
      "X-Failed-Attempts": "1",
    });
    expect(shown.body.transfer).toMatchObject({ failed_attempts: 10 });
    // A new key begins again.
    const rekeyed = await donor.send("POST", `volume-transfers/${transfer.id}/rekey`);
    expect(rekeyed.status).toBe(202);
    expect((await acceptor.accept(rekeyed.body.transfer)).status).toBe(202);
  });

  it("is deleted in Cinder", async () => {
    const donor = project();
    const transfer = await offer(donor);
    expect((await donor.delete(`volume-transfers/${transfer.id}`)).status).toBe(202);
    expect(await statusInCinder(donor, transfer.volume_id)).toBe("available");
    expect((await donor.delete(`volume-transfers/${transfer.id}`)).status).toBe(404);
    expect((await donor.get("volume-transfers/history")).body.transfers).toMatchObject([
      { ended_as: "withdrawn" },
    ]);
  });

  it("that was deleted in Cinder is not deleted again, and is closed here", async () => {
    const donor = project();
    const transfer = await offer(donor);
    await donor.inCinder.delete(`volume-transfers/${transfer.id}`);
    const { status, body } = await donor.delete(`volume-transfers/${transfer.id}`);
    expect([status, body.itemNotFound?.message]).toEqual([
      404,
      `Transfer ${transfer.id} could not be found.`,
    ]);
    expect((await donor.get("volume-transfers/history")).body.transfers).toMatchObject([
      { ended_as: "withdrawn" },
    ]);
  });

  it.each([
    ["deleted in Cinder", "withdrawn"],
    ["expired", "expired"],
  ])("that was %s is noticed at the next touch", async (what, ended_as) => {
    const [donor, acceptor] = [project(), project()];
    const end = what === "expired" ? { expires_at: new Date(Date.now() + 1500).toISOString() } : {};
    const transfer = await offer(donor, end);
    if (what === "expired") {
      const preview = { preview: { auth_key: transfer.auth_key } };
      const path = `volume-transfers/${transfer.id}/preview`;
      const isOver = async () => (await acceptor.send("POST", path, preview)).status;
      await expect.poll(isOver, { timeout: 10_000 }).toBe(404);
    } else {
      await donor.inCinder.delete(`volume-transfers/${transfer.id}`);
    }
    expect((await acceptor.accept(transfer)).status).toBe(404);
    expect((await donor.get("volume-transfers/detail")).body.transfers).toEqual([]);
    expect(await statusInCinder(donor, transfer.volume_id)).toBe("available");
    expect((await donor.get("volume-transfers/history")).body.transfers).toMatchObject([{ ended_as }]);
  });

  it("is for one project alone, which needs no key, sees it, and may decline it", async () => {
    const [donor, acceptor, other] = [project(), project(), project()];
    const bound = { destination_project_id: acceptor.project, require_key: false };
    const transfer = await offer(donor, bound, 2);
    expect(transfer.auth_key).toBe("");
    expect((await acceptor.get("volume-transfers/incoming/detail")).body.transfers).toEqual([
      {
        id: transfer.id,
        name: null,
        created_at: expect.any(String),
        expires_at: null,
        source_project_id: donor.project,
        require_key: false,
        no_snapshots: false,
        volume: {
          id: transfer.volume_id,
          name: "web",
          description: "the shop",
          size: 3,
          volume_type: "__DEFAULT__",
        },
        snapshots: { count: 2, gigabytes: 6 },
      },
    ]);
    expect((await donor.get(`volume-transfers/${transfer.id}`)).body.transfer).toMatchObject({
      destination_project_id: acceptor.project,
    });
    expect((await other.accept({ id: transfer.id, auth_key: "" })).status).toBe(400);
    const decline = await acceptor.send("POST", `volume-transfers/${transfer.id}/decline`, {
      decline: { reason: "too small" },
    });
    expect(decline.status).toBe(202);
    expect((await acceptor.accept({ id: transfer.id, auth_key: "" })).status).toBe(404);
    // The next request of the owner ends it in Cinder.
    expect((await donor.get("volume-transfers")).body.transfers).toEqual([]);
    expect(await statusInCinder(donor, transfer.volume_id)).toBe("available");
    expect((await donor.get("volume-transfers/history")).body.transfers).toMatchObject([
      { ended_as: "declined", decline_reason: "too small" },
    ]);
    const again = await donor.createTransfer(transfer.volume_id, bound);
    expect((await acceptor.accept({ id: again.body.transfer.id, auth_key: "" })).status).toBe(202);
  });

  it("is previewed with the quota that Cinder shows to the project", async () => {
    const [donor, acceptor] = [project(), project()];
    const transfer = await offer(donor, {}, 1);
    const preview = async () =>
      (
        await acceptor.send("POST", `volume-transfers/${transfer.id}/preview`, {
          preview: { auth_key: transfer.auth_key },
        })
      ).body;
    expect(await preview()).toMatchObject({
      preview: {
        volume: { name: "web", size: 3 },
        snapshots: { count: 1, gigabytes: 3 },
        exceeded_quota: null,
      },
    });
    const admin = new Client(cloud.cinder.url, { roles: "admin" });
    await admin.send("PUT", `os-quota-sets/${acceptor.project}`, { quota_set: { volumes: 0 } });
    expect(await preview()).toMatchObject({ preview: { exceeded_quota: { name: "volumes" } } });
    // Cinder's refusal is the client's answer, and the transfer stays.
    const refused = await acceptor.accept(transfer);
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([413, "0"]);
    await admin.send("PUT", `os-quota-sets/${acceptor.project}`, { quota_set: { volumes: -1 } });
    expect((await acceptor.accept(transfer)).status).toBe(202);
    const receipts = (await donor.get("volume-transfers/history")).body.transfers;
    expect(receipts).toMatchObject([{ last_preview: { project_id: acceptor.project } }]);
  });

  it("is created and accepted once by requests with the same Idempotency-Key", async () => {
    const [donor, acceptor] = [project(), project()];
    const volume = await donor.inCinder.createVolume();
    const create = () =>
      donor.send("POST", "volume-transfers", { transfer: { volume_id: volume } }, { "Idempotency-Key": "k" });
    const [first, second] = [await create(), await create()];
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body.transfer.id).toBe(first.body.transfer.id);
    expect((await acceptor.accept(first.body.transfer)).status).toBe(400);
    for (let i = 0; i < 2; i++) {
      const accepted = await acceptor.accept(second.body.transfer, "accept");
      expect([accepted.status, accepted.body.transfer.id]).toEqual([202, first.body.transfer.id]);
    }
    expect((await create()).status).toBe(400);
  });

  it("that was made in Cinder is passed through", async () => {
    const [donor, acceptor] = [project(), project()];
    const transfer = await donor.inCinder.createVolumeAndTransfer({ name: "direct" });
    expect((await donor.get(`volume-transfers/${transfer.id}`)).body.transfer.name).toBe("direct");
    expect((await acceptor.accept({ id: transfer.id, auth_key: WRONG_KEY })).status).toBe(400);
    expect((await acceptor.accept(transfer)).status).toBe(202);
    expect((await acceptor.accept({ id: UNKNOWN_ID, auth_key: WRONG_KEY })).status).toBe(404);
  });
});
