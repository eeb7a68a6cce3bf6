import { describe, expect, it } from "vitest";
import { Admin, Client, type Transfer, UNKNOWN_ID, WRONG_KEY } from "../../support/client.ts";
import { inMs } from "../../support/expired_transfers.ts";
import { textOf } from "../../support/member.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";
import { atOnce, countByStatus, RACE, ROUNDS } from "./races.ts";

/** The default of MAX_ACCEPT_ATTEMPTS. */
const ATTEMPTS = 10;
const NOTHING = { volumes: 0, gigabytes: 0, snapshots: 0 };

describe.each(DATABASES)("POST /v3/{project_id}/volume-transfers/{id}/accept, on %s", (_database, url) => {
  const admin = new Admin(url);
  const createClients = () => ({ donor: new Client(url), acceptor: new Client(url, { user: "bob" }) });

  it("moves the volume, its snapshots and their usage to the project of the caller", async () => {
    const { donor, acceptor } = createClients();
    const volume = await donor.createVolume({ size: 2 });
    const snapshot = await donor.createSnapshot(volume);
    const { transfer } = (await donor.createTransfer(volume, { name: "for bob" })).body;

    const { status, body } = await acceptor.accept(transfer);
    expect(status).toBe(202);
    expect(body).toEqual({
      transfer: { id: transfer.id, name: "for bob", volume_id: volume, links: expect.any(Array) },
    });
    expect((await acceptor.get(`volumes/${volume}`)).body.volume).toMatchObject({
      status: "available",
      user_id: "bob",
    });
    expect((await acceptor.get(`snapshots/${snapshot}`)).status).toBe(200);
    for (const path of [`volumes/${volume}`, `snapshots/${snapshot}`, `volume-transfers/${transfer.id}`]) {
      expect((await donor.get(path)).status).toBe(404);
    }
    expect(await acceptor.usage()).toEqual({ volumes: 1, gigabytes: 4, snapshots: 1 });
    expect(await donor.usage()).toEqual(NOTHING);
  });

  it("leaves the snapshots behind if the transfer has no_snapshots", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await donor.createVolumeAndTransfer({ no_snapshots: true }, 1);
    expect((await acceptor.accept(transfer)).status).toBe(202);
    expect((await acceptor.get("snapshots")).body.snapshots).toEqual([]);
    expect((await donor.get("snapshots")).body.snapshots).toHaveLength(1);
    expect(await donor.usage()).toEqual({ volumes: 0, gigabytes: 1, snapshots: 1 });
  });

  it("does not move snapshots of other projects, which stayed behind in an earlier transfer", async () => {
    const [a, b, c] = [new Client(url), new Client(url), new Client(url)];
    const volume = await a.createVolume({ size: 2 });
    const stays = await a.createSnapshot(volume);
    await b.accept((await a.createTransfer(volume, { no_snapshots: true })).body.transfer);
    const goes = await b.createSnapshot(volume);
    await admin.resetStatus("snapshots", stays, "error");
    expect((await c.accept((await b.createTransfer(volume)).body.transfer)).status).toBe(202);

    expect((await a.get(`snapshots/${stays}`)).status).toBe(200);
    expect((await c.get(`snapshots/${goes}`)).status).toBe(200);
    expect(await a.usage()).toEqual({ volumes: 0, gigabytes: 2, snapshots: 1 });
    expect(await b.usage()).toEqual(NOTHING);
    expect(await c.usage()).toEqual({ volumes: 1, gigabytes: 4, snapshots: 1 });
    expect((await c.delete(`volumes/${volume}?cascade=True`)).status).toBe(400);
    await admin.resetStatus("snapshots", stays, "available");
    expect((await a.delete(`snapshots/${stays}`)).status).toBe(202);
    expect((await c.delete(`volumes/${volume}?cascade=True`)).status).toBe(202);
    expect(await a.usage()).toEqual(NOTHING);
    expect(await c.usage()).toEqual(NOTHING);
  });

  it("updates the volume and the snapshots that move", async () => {
    const { donor, acceptor } = createClients();
    const timesOf = (resource: unknown) => [textOf(resource, "created_at"), textOf(resource, "updated_at")];
    const transfer = await donor.createVolumeAndTransfer({}, 1);
    const [, before = ""] = timesOf((await donor.get(`volumes/${transfer.volume_id}`)).body.volume);
    expect((await acceptor.accept(transfer)).status).toBe(202);
    const [made, after = ""] = timesOf((await acceptor.get(`volumes/${transfer.volume_id}`)).body.volume);
    expect(after >= before).toBe(true);
    expect(after).not.toBe(made);
    const { body } = await acceptor.get("snapshots/detail");
    const [taken, moved = ""] = timesOf(body.snapshots[0]);
    // Each statement of the accept reads the clock by itself.
    expect(moved >= before).toBe(true);
    expect(moved).not.toBe(taken);
  });

  it("needs no quota if a project accepts its own transfer", async () => {
    const donor = new Client(url);
    const transfer = await donor.createVolumeAndTransfer();
    await admin.setQuota(donor.project, { volumes: 1 });
    expect((await donor.accept(transfer)).status).toBe(202);
    expect(await donor.usage()).toEqual({ volumes: 1, gigabytes: 1, snapshots: 0 });
  });

  it("succeeds before expires_at", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await donor.createVolumeAndTransfer({ expires_at: inMs(3_600_000) });
    expect((await acceptor.accept(transfer)).status).toBe(202);
  });

  it("succeeds for the project in destination_project_id", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await donor.createVolumeAndTransfer({ destination_project_id: acceptor.project });
    expect(transfer).toMatchObject({ destination_project_id: acceptor.project });
    expect((await acceptor.accept(transfer)).status).toBe(202);
    expect((await acceptor.get(`volumes/${transfer.volume_id}`)).status).toBe(200);
  });

  it("returns 403 to a reader", async () => {
    const transfer = await new Client(url).createVolumeAndTransfer();
    expect(messageOf(403, await new Client(url, { roles: "reader" }).accept(transfer))).toBe(
      "Policy doesn't allow volume:accept_transfer to be performed.",
    );
  });

  it("returns 400 for a body without an auth_key", async () => {
    const response = await new Client(url).send("POST", `volume-transfers/${UNKNOWN_ID}/accept`, {});
    expect(messageOf(400, response)).toBe("'accept' is a required property");
  });

  it("returns 404 for a transfer that does not exist, or is closed", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await donor.createVolumeAndTransfer();
    await acceptor.accept(transfer);
    for (const id of [UNKNOWN_ID, transfer.id]) {
      expect(messageOf(404, await acceptor.accept({ ...transfer, id }))).toBe(
        `Transfer ${id} could not be found.`,
      );
    }
  });

  it("returns 400 for a wrong auth_key, of which upper and lower case matter", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await donor.createVolumeAndTransfer();
    for (const auth_key of [WRONG_KEY, transfer.auth_key.toUpperCase()]) {
      expect(messageOf(400, await acceptor.accept({ ...transfer, auth_key }))).toBe(
        `Invalid auth key: Attempt to transfer ${transfer.id} with invalid auth key.`,
      );
    }
    expect((await acceptor.accept(transfer)).status).toBe(202);
  });

  describe("with a wrong auth_key", () => {
    const offer = async () => {
      const donor = new Client(url);
      return { donor, transfer: await donor.createVolumeAndTransfer() };
    };
    const guess = (client: Client, id: string, count: number) =>
      atOnce(count, () => client.accept({ id, auth_key: WRONG_KEY }));
    const show = (owner: Client, id: string) =>
      owner.send("GET", `volume-transfers/${id}`, undefined, { "X-Failed-Attempts": "true" });

    it("shuts its own project out after MAX_ACCEPT_ATTEMPTS, with the right key too", async () => {
      const { transfer } = await offer();
      const guesser = new Client(url);
      const [first] = await guess(guesser, transfer.id, ATTEMPTS);
      const right = await guesser.accept(transfer);
      expect(right.status).toBe(400);
      expect(right.body).toEqual(first?.body);
    });

    it("does not shut other projects out", async () => {
      const { transfer } = await offer();
      await Promise.all([guess(new Client(url), transfer.id, 15), guess(new Client(url), transfer.id, 15)]);
      expect((await new Client(url).accept(transfer)).status).toBe(202);
    });

    it("counts no more once its project is shut out, so that one project cannot end the offer for all", async () => {
      const { donor, transfer } = await offer();
      const guesser = new Client(url);
      await guess(guesser, transfer.id, 3 * ATTEMPTS);
      await guesser.send("POST", `volume-transfers/${transfer.id}/preview`, {
        preview: { auth_key: WRONG_KEY },
      });
      expect((await show(donor, transfer.id)).body.transfer).toMatchObject({ failed_attempts: ATTEMPTS });
      expect((await new Client(url).accept(transfer)).status).toBe(202);
    });

    it("leaves its project the right key after fewer failed attempts", async () => {
      const { transfer } = await offer();
      const clumsy = new Client(url);
      await guess(clumsy, transfer.id, ATTEMPTS - 1);
      expect((await clumsy.accept(transfer)).status).toBe(202);
    });

    it("is counted however many are concurrent, and shown to the owner who asks", async () => {
      const { donor, transfer } = await offer();
      await Promise.all([guess(new Client(url), transfer.id, 9), guess(new Client(url), transfer.id, 8)]);
      expect((await show(donor, transfer.id)).body.transfer).toMatchObject({ failed_attempts: 17 });
      const unasked = await donor.get(`volume-transfers/${transfer.id}`);
      expect(unasked.body.transfer).not.toHaveProperty("failed_attempts");
    });
  });

  it("returns the response for a wrong auth_key to all but destination_project_id, and counts nothing", async () => {
    const [donor, destination, other] = [new Client(url), new Client(url), new Client(url)];
    const transfer = await donor.createVolumeAndTransfer({ destination_project_id: destination.project });
    const wrongKey = await destination.accept({ ...transfer, auth_key: WRONG_KEY });
    const wrongProject = await other.accept(transfer);
    expect([wrongProject.status, wrongProject.body]).toEqual([400, wrongKey.body]);
    expect((await donor.accept(transfer)).body).toEqual(wrongKey.body);
    for (let attempt = 0; attempt < 12; attempt++) await other.accept(transfer);
    expect((await destination.accept(transfer)).status).toBe(202);
  });

  it("returns 413 if the quota of the volume's type is exceeded", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await donor.createVolumeAndTransfer();
    await admin.setQuota(acceptor.project, { volumes___DEFAULT__: 0 });
    expect(messageOf(413, await acceptor.accept(transfer))).toBe(
      "VolumeLimitExceeded: Maximum number of volumes allowed (0) exceeded for quota 'volumes___DEFAULT__'.",
    );
  });

  it.each([
    ["maintenance", () => "The volume cannot accept transfer in maintenance mode."],
    [
      "error",
      ({ id, volume_id }: Transfer) =>
        `Transfer ${id}: Volume id ${volume_id} expected in awaiting-transfer state.`,
    ],
  ])("returns 400 if an admin has meanwhile set the volume to %s", async (status, message) => {
    const { donor, acceptor } = createClients();
    const transfer = await donor.createVolumeAndTransfer();
    await admin.resetStatus("volumes", transfer.volume_id, status);
    expect(messageOf(400, await acceptor.accept(transfer))).toBe(`Invalid volume: ${message(transfer)}`);
  });

  it("returns 400 if a snapshot that moves is no longer available", async () => {
    const { donor, acceptor } = createClients();
    const volume = await donor.createVolume();
    const snapshot = await donor.createSnapshot(volume);
    const { transfer } = (await donor.createTransfer(volume)).body;
    await admin.resetStatus("snapshots", snapshot, "error");
    expect(messageOf(400, await acceptor.accept(transfer))).toBe(
      `Invalid snapshot: Transfer ${transfer.id}: Snapshot ${snapshot} is not in the expected available state.`,
    );
  });

  it("changes nothing when it returns 400 or 413", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await donor.createVolumeAndTransfer();
    const seen = async () => [
      (await donor.get(`volumes/${transfer.volume_id}`)).body,
      (await donor.get(`volume-transfers/${transfer.id}`)).body,
      await donor.usage(),
      await acceptor.usage(),
    ];
    const before = await seen();
    await admin.setQuota(acceptor.project, { gigabytes: 0 });
    expect((await acceptor.accept(transfer)).status).toBe(413);
    expect((await acceptor.accept({ ...transfer, auth_key: WRONG_KEY })).status).toBe(400);
    expect(await seen()).toEqual(before);
  });

  describe("with Idempotency-Key", () => {
    async function createTransferWithSnapshot() {
      const { donor, acceptor } = createClients();
      const volume = await donor.createVolume({ size: 2 });
      await donor.createSnapshot(volume);
      return { donor, acceptor, volume, transfer: (await donor.createTransfer(volume)).body.transfer };
    }

    it("returns the same 202 when it is repeated, and takes effect once", async () => {
      const { donor, acceptor, transfer } = await createTransferWithSnapshot();
      const first = await acceptor.accept(transfer, "a-key");
      const again = await acceptor.accept(transfer, "a-key");
      expect([first.status, again.status]).toEqual([202, 202]);
      expect(again.body).toEqual(first.body);
      expect(await acceptor.usage()).toEqual({ volumes: 1, gigabytes: 4, snapshots: 1 });
      expect(await donor.usage()).toEqual(NOTHING);
    });

    it("returns the same 202 when it is repeated after the volume has been transferred again", async () => {
      const { donor, acceptor, volume, transfer } = await createTransferWithSnapshot();
      await acceptor.accept(transfer, "a-key");
      await donor.accept((await acceptor.createTransfer(volume)).body.transfer);
      expect((await acceptor.accept(transfer, "a-key")).status).toBe(202);
      expect((await donor.get(`volumes/${volume}`)).status).toBe(200);
    });

    it("returns the same 202 to all of ten concurrent requests, and takes effect once", async () => {
      const { acceptor, transfer } = await createTransferWithSnapshot();
      const responses = await atOnce(10, () => acceptor.accept(transfer, "a-key"));
      expect(countByStatus(responses)).toEqual({ 202: 10 });
      expect(await acceptor.usage()).toEqual({ volumes: 1, gigabytes: 4, snapshots: 1 });
    });

    it("returns 404 when it is repeated with another key, by another project, or with another auth_key", async () => {
      const { acceptor, transfer } = await createTransferWithSnapshot();
      await acceptor.accept(transfer, "a-key");
      expect((await acceptor.accept(transfer, "b-key")).status).toBe(404);
      expect((await acceptor.accept(transfer)).status).toBe(404);
      expect((await new Client(url).accept(transfer, "a-key")).status).toBe(404);
      expect((await acceptor.accept({ ...transfer, auth_key: WRONG_KEY }, "a-key")).status).toBe(404);
    });

    it("returns 404 after an accept without a key", async () => {
      const { acceptor, transfer } = await createTransferWithSnapshot();
      await acceptor.accept(transfer);
      expect((await acceptor.accept(transfer, "a-key")).status).toBe(404);
    });

    it("can be repeated with the same key after a 400", async () => {
      const { acceptor, transfer } = await createTransferWithSnapshot();
      expect((await acceptor.accept({ ...transfer, auth_key: WRONG_KEY }, "a-key")).status).toBe(400);
      expect((await acceptor.accept(transfer, "a-key")).status).toBe(202);
    });

    it.each(["", "two words", "x".repeat(256)])("returns 400 if the key is malformed: %j", async (key) => {
      const { acceptor, transfer } = await createTransferWithSnapshot();
      expect(messageOf(400, await acceptor.accept(transfer, key))).toContain("Idempotency-Key");
      expect((await acceptor.accept(transfer)).status).toBe(202);
    });
  });

  describe("at once", RACE, () => {
    it("returns 202 to one of 20 requests of two projects, and 404 to the others", async () => {
      const donor = new Client(url);
      const [bob, carol] = [new Client(url, { user: "bob" }), new Client(url, { user: "carol" })];
      for (let round = 0; round < ROUNDS; round++) {
        const volume = await donor.createVolume({ size: 2 });
        await donor.createSnapshot(volume);
        const { transfer } = (await donor.createTransfer(volume)).body;
        const clientOf = (index: number) => (index % 2 === 0 ? bob : carol);
        const responses = await atOnce(20, (index) => clientOf(index).accept(transfer));
        expect(countByStatus(responses)).toEqual({ 202: 1, 404: 19 });

        const winner = clientOf(responses.findIndex(({ status }) => status === 202));
        const loser = winner === bob ? carol : bob;
        expect((await winner.get(`volumes/${volume}`)).body.volume.status).toBe("available");
        expect((await loser.get(`volumes/${volume}`)).status).toBe(404);
        expect((await donor.get(`volumes/${volume}`)).status).toBe(404);
        expect(await winner.usage()).toEqual({ volumes: 1, gigabytes: 4, snapshots: 1 });
        expect(await loser.usage()).toEqual(NOTHING);
        expect(await donor.usage()).toEqual(NOTHING);
        expect((await winner.delete(`volumes/${volume}?cascade=True`)).status).toBe(202);
        expect(await winner.usage()).toEqual(NOTHING);
      }
    });

    it("returns to each of 10 requests for 10 transfers its own transfer, also beside wrong keys", async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const donor = new Client(url);
        const [bob, carol] = [new Client(url, { user: "bob" }), new Client(url, { user: "carol" })];
        const volumes = await atOnce(10, (index) => donor.createVolume({ size: 1 + (index % 3) }));
        for (const volume of volumes.slice(3, 4)) await donor.createSnapshot(volume);
        const created = await Promise.all(
          volumes.map((volume, index) => donor.createTransfer(volume, { name: `offer ${index}` })),
        );
        const transfers = created.map(({ body }) => body.transfer);
        expect(transfers.map(({ volume_id, name }) => [volume_id, name])).toEqual(
          volumes.map((volume, index) => [volume, `offer ${index}`]),
        );
        const responses = await Promise.all(
          transfers.map((transfer, index) =>
            index % 5 === 4
              ? bob.accept({ ...transfer, auth_key: WRONG_KEY })
              : (index % 2 === 0 ? bob : carol).accept(transfer),
          ),
        );
        expect(responses.map(({ status, body }) => [status, body.transfer?.id])).toEqual(
          transfers.map(({ id }, index) => (index % 5 === 4 ? [400, undefined] : [202, id])),
        );
        expect(await bob.usage()).toEqual({ volumes: 4, gigabytes: 8, snapshots: 0 });
        expect(await carol.usage()).toEqual({ volumes: 4, gigabytes: 9, snapshots: 1 });
        expect(await donor.usage()).toEqual({ volumes: 2, gigabytes: 3, snapshots: 0 });
        const left = transfers.filter((_transfer, index) => index % 5 === 4);
        const removed = await Promise.all(left.map(({ id }) => donor.delete(`volume-transfers/${id}`)));
        expect(countByStatus(removed)).toEqual({ 202: 2 });
      }
    });

    it("returns 202 to 3 of 6 requests where the quota has room for 3, and 413 to the others", async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const { donor, acceptor } = createClients();
        await admin.setQuota(acceptor.project, { volumes: 3 });
        const transfers = await atOnce(6, () => donor.createVolumeAndTransfer());
        const responses = await Promise.all(transfers.map((transfer) => acceptor.accept(transfer)));
        expect(countByStatus(responses)).toEqual({ 202: 3, 413: 3 });
        expect(await acceptor.usage()).toEqual({ volumes: 3, gigabytes: 3, snapshots: 0 });
        expect(await donor.usage()).toEqual({ volumes: 3, gigabytes: 3, snapshots: 0 });
        expect((await acceptor.get("volumes")).body.volumes).toHaveLength(3);
        expect((await donor.get("volume-transfers")).body.transfers).toHaveLength(3);
      }
    });
  });
});
