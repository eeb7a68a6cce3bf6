import { describe, expect, it } from "vitest";
import { Admin, Client } from "../support/client.ts";
import { DATABASES } from "./databases.ts";

/** How often each race is run. `npm run test:soak` sets it. */
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 8);
const TIMEOUT_MS = 30_000 + ROUNDS * 5000;

/** Sends as many requests at once. */
const atOnce = <T>(count: number, send: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => send(index)));

/** Returns how many responses have each status. */
function countByStatus(responses: readonly { status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const NOTHING = { volumes: 0, gigabytes: 0, snapshots: 0 };

describe.each(DATABASES)("on %s", { timeout: TIMEOUT_MS }, (_database, url) => {
  describe("POST /v3/{project_id}/volume-transfers/{transfer_id}/accept", () => {
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
              ? bob.accept({ ...transfer, auth_key: "0000000000000000" })
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

    it("returns 202 either to the accept or to a DELETE at the same time, and 404 to the other", async () => {
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
        expect((await owner.get(`volumes/${transfer.volume_id}`)).body.volume.status).toBe("available");
        expect(await owner.usage()).toEqual({ volumes: 1, gigabytes: 1, snapshots: 0 });
        expect(await other.usage()).toEqual(NOTHING);
        await owner.delete(`volumes/${transfer.volume_id}`);
      }
    });

    it("returns 202 to 3 of 6 requests where the quota has room for 3, and 413 to the others", async () => {
      const admin = new Admin(url);
      for (let round = 0; round < ROUNDS; round++) {
        const donor = new Client(url);
        const acceptor = new Client(url, { user: "bob" });
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

  describe("POST /v3/{project_id}/volume-transfers", () => {
    it("returns 202 to one of 20 requests for the same volume, and 400 to the others", async () => {
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
    });
  });
});
