import { describe, expect, it } from "vitest";
import { Admin, Client, UNKNOWN_ID } from "../../support/client.ts";
import { inMs } from "../../support/expired_transfers.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";
import { atOnce, countByStatus, RACE, ROUNDS } from "./races.ts";

describe.each(DATABASES)("POST /v3/{project_id}/volume-transfers, on %s", (_database, url) => {
  const admin = new Admin(url);
  const statusOf = async (donor: Client, volume: string) =>
    (await donor.get(`volumes/${volume}`)).body.volume.status;

  it("offers an available volume, which awaits the transfer from then on", async () => {
    const donor = new Client(url);
    const volume = await donor.createVolume();
    const { status, body } = await donor.createTransfer(volume, { name: "for bob" });
    expect(status).toBe(202);
    expect(body.transfer).toEqual({
      id: expect.any(String),
      created_at: expect.any(String),
      name: "for bob",
      volume_id: volume,
      auth_key: expect.stringMatching(/^[0-9a-z]{16}$/),
      source_project_id: donor.project,
      destination_project_id: null,
      accepted: false,
      no_snapshots: false,
      links: expect.any(Array),
    });
    expect(await statusOf(donor, volume)).toBe("awaiting-transfer");
  });

  it("returns the auth_key, which no other response contains", async () => {
    const donor = new Client(url);
    const { id, auth_key } = await donor.createVolumeAndTransfer();
    for (const path of [`volume-transfers/${id}`, "volume-transfers/detail", "volume-transfers"]) {
      expect(JSON.stringify((await donor.get(path)).body)).not.toContain(auth_key);
    }
  });

  it("shows expires_at to a request that had one", async () => {
    const donor = new Client(url);
    const expiring = await donor.createVolumeAndTransfer({ expires_at: "2099-12-31T23:59:59.123456Z" });
    const expires_at = "2099-12-31T23:59:59.123000";
    expect(expiring).toMatchObject({ expires_at });
    expect((await donor.get(`volume-transfers/${expiring.id}`)).body.transfer).toMatchObject({ expires_at });
    expect((await donor.get("volume-transfers")).body.transfers[0]).not.toHaveProperty("expires_at");
    expect(await donor.createVolumeAndTransfer()).not.toHaveProperty("expires_at");
  });

  it("lets an admin create a transfer of another project's volume, which belongs to that project", async () => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    const { transfer } = (await admin.createTransfer(await donor.createVolume())).body;
    expect((await donor.get("volume-transfers")).body.transfers.map(({ id }) => id)).toEqual([transfer.id]);
    expect((await acceptor.accept(transfer)).status).toBe(202);
  });

  it("closes an earlier transfer of the volume, which an admin has reset to available", async () => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    const first = await donor.createVolumeAndTransfer();
    await admin.resetStatus("volumes", first.volume_id, "available");
    const second = (await donor.createTransfer(first.volume_id)).body.transfer;
    expect((await donor.get("volume-transfers")).body.transfers.map(({ id }) => id)).toEqual([second.id]);
    expect((await acceptor.accept(first)).status).toBe(404);
    expect((await acceptor.accept(second)).status).toBe(202);
  });

  it("takes the id of the volume in other spellings, which paths and filters do not", async () => {
    const donor = new Client(url);
    const volume = await donor.createVolume();
    const spellings = [volume.toUpperCase(), volume.replaceAll("-", ""), `urn:uuid:${volume}`, `{${volume}}`];
    for (const spelling of spellings) {
      const { status, body } = await donor.createTransfer(spelling);
      expect(status).toBe(202);
      expect(body.transfer.volume_id).toBe(volume);
      const encoded = encodeURIComponent(spelling);
      expect((await donor.get(`volume-transfers?volume_id=${encoded}`)).body.transfers).toEqual([]);
      expect((await donor.get(`volumes/${encoded}`)).status).toBe(404);
      await donor.delete(`volume-transfers/${body.transfer.id}`);
    }
  });

  it("has links without a project id if the request's path has none", async () => {
    const donor = new Client(url);
    const transfer = { volume_id: await donor.createVolume() };
    const { body } = await donor.send("POST", "/v3/volume-transfers", { transfer });
    expect(body.transfer).toMatchObject({
      links: [
        { rel: "self", href: `${url}/v3/os-volume-transfer/${body.transfer.id}` },
        { rel: "bookmark", href: `${url}/os-volume-transfer/${body.transfer.id}` },
      ],
    });
  });

  it("returns 403 to a reader", async () => {
    const donor = new Client(url);
    const volume = await donor.createVolume();
    const reader = new Client(url, { project: donor.project, roles: "reader" });
    expect(messageOf(403, await reader.createTransfer(volume))).toBe(
      "Policy doesn't allow volume:create_transfer to be performed.",
    );
  });

  it.each(["3.0", "3.55", "3.57", "3.59", "3.71"])(
    "returns 400 for no_snapshots on the older path, at %s",
    async (microversion) => {
      const donor = new Client(url, { microversion });
      const volume_id = await donor.createVolume();
      const create = (properties: object) =>
        donor.send("POST", "os-volume-transfer", { transfer: { volume_id, ...properties } });
      for (const no_snapshots of [true, false, null]) {
        expect(messageOf(400, await create({ no_snapshots }))).toMatch(
          /Additional properties are not allowed \('no_snapshots' was/,
        );
      }
      expect((await create({})).status).toBe(202);
    },
  );

  it.each([
    ...["tomorrow", "2099-12-31", "2099-13-01T00:00:00Z", "2099-12-31T00:00:00+02:00", 4102444800, ""].map(
      (expires_at) => ({ expires_at }),
    ),
    ...["", 7, "x".repeat(256)].map((destination_project_id) => ({ destination_project_id })),
  ])("returns 400 for %j, which is no time in UTC or no id of a project", async (properties) => {
    const donor = new Client(url);
    const volume = await donor.createVolume();
    expect(messageOf(400, await donor.createTransfer(volume, properties))).toContain(
      Object.keys(properties)[0],
    );
    expect(await statusOf(donor, volume)).toBe("available");
  });

  it("returns 404 for a volume that does not exist, or is another project's", async () => {
    const volume = await new Client(url).createVolume();
    for (const id of [UNKNOWN_ID, volume]) {
      expect(messageOf(404, await new Client(url).createTransfer(id))).toBe(
        `Volume ${id} could not be found.`,
      );
    }
  });

  it("returns 400 for an expires_at in the past", async () => {
    const donor = new Client(url);
    const volume = await donor.createVolume();
    expect(messageOf(400, await donor.createTransfer(volume, { expires_at: inMs(-1000) }))).toBe(
      "Invalid input received: expires_at must be in the future.",
    );
    expect(await statusOf(donor, volume)).toBe("available");
  });

  it("returns 400 for a volume that is not available, because it is offered already or in error", async () => {
    const donor = new Client(url);
    const { volume_id } = await donor.createVolumeAndTransfer();
    const refusal = "Invalid volume: status must be available";
    expect(messageOf(400, await donor.createTransfer(volume_id))).toBe(refusal);
    await admin.resetStatus("volumes", volume_id, "error");
    expect(messageOf(400, await donor.createTransfer(volume_id))).toBe(refusal);
  });

  it("returns 400 for an encrypted volume at every microversion, for there is no key manager", async () => {
    const donor = new Client(url);
    const volume_id = await donor.createVolume({ volume_type: "LUKS" });
    for (const version of ["3.55", "3.69", "3.70", "3.71"]) {
      const headers = { "OpenStack-API-Version": `volume ${version}` };
      const response = await donor.send("POST", "volume-transfers", { transfer: { volume_id } }, headers);
      expect(messageOf(400, response)).toBe("Invalid volume: transferring encrypted volume is not supported");
    }
    expect(await statusOf(donor, volume_id)).toBe("available");
  });

  it("returns 400 for a snapshot that is not available, unless it stays behind", async () => {
    const donor = new Client(url);
    const volume = await donor.createVolume();
    const snapshot = await donor.createSnapshot(volume);
    await admin.resetStatus("snapshots", snapshot, "error");
    expect(messageOf(400, await donor.createTransfer(volume))).toBe(
      `Invalid snapshot: snapshot: ${snapshot} status must be available`,
    );
    expect((await donor.createTransfer(volume, { no_snapshots: true })).status).toBe(202);
  });

  describe("with Idempotency-Key", () => {
    const create = (client: Client, volume_id: string, key: string) =>
      client.send("POST", "volume-transfers", { transfer: { volume_id } }, { "Idempotency-Key": key });

    it("returns the same transfer with a new auth_key when it is repeated, and the old key ends", async () => {
      const [donor, acceptor] = [new Client(url), new Client(url)];
      const volume = await donor.createVolume();
      const first = await create(donor, volume, "a-key");
      const again = await create(donor, volume, "a-key");
      expect([first.status, again.status]).toEqual([202, 202]);
      expect(again.body.transfer.id).toBe(first.body.transfer.id);
      expect(again.body.transfer.auth_key).not.toBe(first.body.transfer.auth_key);
      expect((await acceptor.accept(first.body.transfer)).status).toBe(400);
      expect((await acceptor.accept(again.body.transfer)).status).toBe(202);
    });

    it("creates one transfer however many are concurrent, of which one response has the valid key", async () => {
      const [donor, acceptor] = [new Client(url), new Client(url)];
      const volume = await donor.createVolume();
      const responses = await Promise.all(Array.from({ length: 10 }, () => create(donor, volume, "a-key")));
      expect(new Set(responses.map(({ status, body }) => `${status} ${body.transfer.id}`)).size).toBe(1);
      const accepts = [];
      for (const { body } of responses.reverse()) accepts.push((await acceptor.accept(body.transfer)).status);
      expect(accepts.filter((status) => status === 202)).toHaveLength(1);
    });

    it("is refused with another key while the transfer is open", async () => {
      const donor = new Client(url);
      const volume = await donor.createVolume();
      await create(donor, volume, "a-key");
      expect((await create(donor, volume, "another-key")).status).toBe(400);
    });

    it("changes nothing after the transfer has been accepted", async () => {
      const [donor, acceptor] = [new Client(url), new Client(url)];
      const volume = await donor.createVolume();
      const { transfer } = (await create(donor, volume, "a-key")).body;
      await acceptor.accept(transfer);
      expect((await create(donor, volume, "a-key")).status).toBe(404);
      expect((await acceptor.get(`volumes/${volume}`)).body.volume.status).toBe("available");
      await donor.accept((await acceptor.createTransfer(volume)).body.transfer);
      const used = await create(donor, volume, "a-key");
      expect([used.status, used.body.badRequest?.message]).toEqual([
        400,
        expect.stringContaining("Use another key"),
      ]);
      expect((await donor.get(`volumes/${volume}`)).body.volume.status).toBe("available");
    });
  });

  it(
    "returns 202 to one of 20 requests for the same volume at once, and 400 to the others",
    RACE,
    async () => {
      const donor = new Client(url);
      const volume = await donor.createVolume();
      for (let round = 0; round < ROUNDS; round++) {
        const responses = await atOnce(20, () => donor.createTransfer(volume));
        expect(countByStatus(responses)).toEqual({ 202: 1, 400: 19 });
        const created = responses.find(({ status }) => status === 202)?.body.transfer;
        const { transfers } = (await donor.get("volume-transfers")).body;
        expect(transfers.map(({ id }) => id)).toEqual([created?.id]);
        expect((await donor.delete(`volume-transfers/${created?.id}`)).status).toBe(202);
      }
    },
  );
});
