import { describe, expect, it } from "vitest";
import { Admin, Client } from "../../support/client.ts";
import { createExpiredTransfer, createExpiredTransfers } from "../../support/expired_transfers.ts";
import { DATABASES } from "../databases.ts";

describe.each(DATABASES)("a transfer that has expired, on %s", (_database, url, runCron) => {
  const createClients = () => ({ donor: new Client(url), acceptor: new Client(url, { user: "bob" }) });
  const statusOf = async (donor: Client, volume: string) =>
    (await donor.get(`volumes/${volume}`)).body.volume.status;

  it("returns 404, even before the cron trigger runs", async () => {
    const { donor, acceptor } = createClients();
    const transfer = await createExpiredTransfer(donor);
    expect((await acceptor.accept(transfer)).status).toBe(404);
    expect((await donor.get(`volume-transfers/${transfer.id}`)).status).toBe(404);
    expect((await donor.delete(`volume-transfers/${transfer.id}`)).status).toBe(404);
    for (const list of ["", "/detail", "?sort=display_name"]) {
      expect((await donor.get(`volume-transfers${list}`)).body.transfers).toEqual([]);
    }
  });

  it("leaves its volume free for another transfer, even before the cron trigger runs", async () => {
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
