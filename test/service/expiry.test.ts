import { describe, expect, it } from "vitest";
import { Admin, Client } from "../support/client.ts";
import { createExpiredTransfer, createExpiredTransfers, inMs, SERVICES } from "./expired_transfers.ts";

const HOUR_MS = 3_600_000;

describe.each(SERVICES)("a transfer with expires_at, on %s", (_database, url, runCron) => {
  const createClients = () => ({ donor: new Client(url), acceptor: new Client(url, { user: "bob" }) });
  const statusOf = async (donor: Client, volume: string) =>
    (await donor.get(`volumes/${volume}`)).body.volume.status;

  it("has expires_at in its details if the request that created it had one", async () => {
    const { donor } = createClients();
    const [expiring, lasting] = [await donor.createVolume(), await donor.createVolume()];
    const expires_at = "2099-12-31T23:59:59.123456Z";
    const { transfer } = (await donor.createTransfer(expiring, { expires_at })).body;
    expect(transfer).toMatchObject({ expires_at: "2099-12-31T23:59:59.123000" });
    expect((await donor.get(`volume-transfers/${transfer.id}`)).body.transfer).toMatchObject({
      expires_at: "2099-12-31T23:59:59.123000",
    });
    expect((await donor.get("volume-transfers")).body.transfers[0]).not.toHaveProperty("expires_at");
    expect((await donor.createTransfer(lasting)).body.transfer).not.toHaveProperty("expires_at");
  });

  it.each(["tomorrow", "2099-12-31", "2099-13-01T00:00:00Z", "2099-12-31T00:00:00+02:00", 4102444800, ""])(
    "is not created, but returns 400, if expires_at is not a time in UTC: %j",
    async (expires_at) => {
      const { donor } = createClients();
      const volume = await donor.createVolume();
      const { status, body } = await donor.createTransfer(volume, { expires_at });
      expect(status).toBe(400);
      expect(body.badRequest?.message).toContain("expires_at");
      expect(await statusOf(donor, volume)).toBe("available");
    },
  );

  it("is not created, but returns 400, if expires_at is in the past", async () => {
    const { donor } = createClients();
    const volume = await donor.createVolume();
    const { status, body } = await donor.createTransfer(volume, { expires_at: inMs(-1000) });
    expect(status).toBe(400);
    expect(body.badRequest?.message).toBe("Invalid input received: expires_at must be in the future.");
    expect(await statusOf(donor, volume)).toBe("available");
  });

  it("can be accepted before it expires", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await donor.createVolumeAndTransfer({ expires_at: inMs(HOUR_MS) });
    expect((await acceptor.accept(transfer)).status).toBe(202);
  });

  it("returns 404 after it has expired, even before the cron trigger runs", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await createExpiredTransfer(donor);
    expect((await acceptor.accept(transfer)).status).toBe(404);
    expect((await donor.get(`volume-transfers/${transfer.id}`)).status).toBe(404);
    expect((await donor.delete(`volume-transfers/${transfer.id}`)).status).toBe(404);
    for (const list of ["", "/detail", "?sort=display_name"]) {
      expect((await donor.get(`volume-transfers${list}`)).body.transfers).toEqual([]);
    }
  });

  it("leaves its volume free for another transfer after it has expired, even before the cron trigger runs", async () => {
    const { donor, acceptor } = createClients();
    const expired = await createExpiredTransfer(donor);
    const { transfer } = (await donor.createTransfer(expired.volume_id)).body;
    const { transfers } = (await donor.get("volume-transfers")).body;
    expect(transfers.map(({ id }) => id)).toEqual([transfer.id]);
    expect((await acceptor.accept(transfer)).status).toBe(202);
  });

  it("returns its volume to available at the next run of the cron trigger, of which several may run at once", async () => {
    const { donor } = createClients();
    await new Admin(url).setQuota(donor.project, { volumes: -1, gigabytes: -1 });
    const expired = await createExpiredTransfers(donor, 120);
    const open = await donor.createVolumeAndTransfer();
    await Promise.all(Array.from({ length: 5 }, runCron));
    const { volumes } = (await donor.get("volumes/detail")).body;
    const statuses = new Map(volumes.map((volume) => [volume.id, volume.status]));
    expect(expired.filter(({ volume_id }) => statuses.get(volume_id) !== "available")).toEqual([]);
    expect(statuses.get(open.volume_id)).toBe("awaiting-transfer");
    expect((await donor.get("volume-transfers")).body.transfers.map(({ id }) => id)).toEqual([open.id]);
  });

  it("leaves the status of its volume as it is if an admin has changed it meanwhile", async () => {
    const { donor } = createClients();
    const { volume_id } = await createExpiredTransfer(donor);
    await new Admin(url).resetStatus("volumes", volume_id, "error");
    await runCron();
    expect(await statusOf(donor, volume_id)).toBe("error");
  });
});

describe.each(SERVICES)("a transfer with destination_project_id, on %s", (_database, url) => {
  it("returns the response for a wrong auth_key to every other project, and counts nothing", async () => {
    const [donor, destination, other] = [new Client(url), new Client(url), new Client(url)];
    const transfer = await donor.createVolumeAndTransfer({ destination_project_id: destination.project });
    expect(transfer).toMatchObject({ destination_project_id: destination.project });

    const wrongKey = await destination.accept({ ...transfer, auth_key: "0000000000000000" });
    const wrongProject = await other.accept(transfer);
    expect(wrongProject.status).toBe(400);
    expect(wrongProject.body).toEqual(wrongKey.body);
    expect((await donor.accept(transfer)).body).toEqual(wrongKey.body);
    for (let attempt = 0; attempt < 12; attempt++) await other.accept(transfer);
    expect((await destination.accept(transfer)).status).toBe(202);
  });

  it("can be accepted by that project", async () => {
    const [donor, destination] = [new Client(url), new Client(url)];
    const transfer = await donor.createVolumeAndTransfer({ destination_project_id: destination.project });
    expect((await destination.accept(transfer)).status).toBe(202);
    expect((await destination.get(`volumes/${transfer.volume_id}`)).status).toBe(200);
  });

  it.each(["", 7, "x".repeat(256)])(
    "is not created, but returns 400, if it is not the id of a project: %j",
    async (destination_project_id) => {
      const donor = new Client(url);
      const volume = await donor.createVolume();
      const { status, body } = await donor.createTransfer(volume, { destination_project_id });
      expect(status).toBe(400);
      expect(body.badRequest?.message).toContain("destination_project_id");
    },
  );
});
