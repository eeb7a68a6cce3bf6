import { describe, expect, it } from "vitest";
import { Admin, Client, UNKNOWN_ID } from "../../support/client.ts";
import { messageOf } from "../../support/message_of.ts";
import { DATABASES } from "../databases.ts";
import { RACE, ROUNDS } from "./races.ts";

describe.each(DATABASES)("DELETE /v3/{project_id}/volume-transfers/{id}, on %s", (_database, url) => {
  const admin = new Admin(url);
  const statusOf = async (donor: Client, volume: string) =>
    (await donor.get(`volumes/${volume}`)).body.volume.status;

  it.each([
    ["its project", (donor: Client) => donor],
    ["an admin", () => admin],
  ])("closes a transfer for %s, and makes its volume available", async (_who, deleterOf) => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    const transfer = await donor.createVolumeAndTransfer();
    expect((await deleterOf(donor).delete(`volume-transfers/${transfer.id}`)).status).toBe(202);
    expect(await statusOf(donor, transfer.volume_id)).toBe("available");
    expect((await donor.get("volume-transfers")).body.transfers).toEqual([]);
    expect((await acceptor.accept(transfer)).status).toBe(404);
    expect((await donor.createTransfer(transfer.volume_id)).status).toBe(202);
  });

  it("keeps the status of a volume that an admin has changed meanwhile", async () => {
    const donor = new Client(url);
    const { id, volume_id } = await donor.createVolumeAndTransfer();
    await admin.resetStatus("volumes", volume_id, "error");
    expect((await donor.delete(`volume-transfers/${id}`)).status).toBe(202);
    expect(await statusOf(donor, volume_id)).toBe("error");
  });

  it("returns 403 to a reader", async () => {
    const donor = new Client(url);
    const { id } = await donor.createVolumeAndTransfer();
    const reader = new Client(url, { project: donor.project, roles: "reader" });
    expect(messageOf(403, await reader.delete(`volume-transfers/${id}`))).toBe(
      "Policy doesn't allow volume:delete_transfer to be performed.",
    );
  });

  it("returns 404 for a transfer that does not exist, is another project's, or is closed", async () => {
    const [donor, other] = [new Client(url), new Client(url)];
    const [open, closed] = [await donor.createVolumeAndTransfer(), await donor.createVolumeAndTransfer()];
    await donor.delete(`volume-transfers/${closed.id}`);
    for (const [client, id] of [
      [donor, UNKNOWN_ID],
      [other, open.id],
      [donor, closed.id],
    ] as const) {
      expect(messageOf(404, await client.delete(`volume-transfers/${id}`))).toBe(
        `Transfer ${id} could not be found.`,
      );
    }
    expect(await statusOf(donor, open.volume_id)).toBe("awaiting-transfer");
  });

  it("returns 202 either to it or to an accept at the same time, and 404 to the other", RACE, async () => {
    const donor = new Client(url);
    const acceptor = new Client(url, { user: "bob" });
    for (let round = 0; round < ROUNDS; round++) {
      const transfer = await donor.createVolumeAndTransfer();
      const accept = () => acceptor.accept(transfer);
      const remove = () => donor.delete(`volume-transfers/${transfer.id}`);
      const [first, second] = round % 2 === 0 ? [accept, remove] : [remove, accept];
      const responses = await Promise.all([first(), second()]);
      const [accepted, removed] = round % 2 === 0 ? responses : responses.toReversed();
      expect([accepted?.status, removed?.status].sort()).toEqual([202, 404]);

      const [owner, other] = accepted?.status === 202 ? [acceptor, donor] : [donor, acceptor];
      expect(await statusOf(owner, transfer.volume_id)).toBe("available");
      expect(await owner.usage()).toEqual({ volumes: 1, gigabytes: 1, snapshots: 0 });
      expect(await other.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
      await owner.delete(`volumes/${transfer.volume_id}`);
    }
  });
});
