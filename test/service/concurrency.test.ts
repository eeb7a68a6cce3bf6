import { describe, expect, it } from "vitest";
import { Admin, Client, type Transfer } from "../support/client.ts";
import { DATABASES } from "./databases.ts";

const ROUNDS = 50;

/** Does something at once as often as there are items. */
const atOnce = <T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> =>
  Promise.all(items.map(act));

const statuses = (answers: readonly { status: number }[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe.each(DATABASES)("racing requests, on %s", (_database, url) => {
  it("20 accepts of one offer by two projects: one wins, and the volume has one owner", {
    timeout: 120_000,
  }, async () => {
    const donor = new Client(url);
    const [bob, carol] = [new Client(url, { user: "bob" }), new Client(url, { user: "carol" })];
    for (let round = 0; round < ROUNDS; round++) {
      const volume = await donor.createVolume({ size: 2 });
      await donor.createSnapshot(volume);
      const offer = (await donor.createTransfer(volume)).body.transfer;
      const racers = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? bob : carol));
      const answers = await atOnce(racers, (racer) => racer.accept(offer));
      expect(statuses(answers)).toEqual({ 202: 1, 404: 19 });

      const winner = racers[answers.findIndex(({ status }) => status === 202)] ?? bob;
      const loser = winner === bob ? carol : bob;
      expect((await winner.get(`volumes/${volume}`)).body.volume.status).toBe("available");
      expect((await loser.get(`volumes/${volume}`)).status).toBe(404);
      expect((await donor.get(`volumes/${volume}`)).status).toBe(404);
      expect(await winner.usage()).toEqual({ volumes: 1, gigabytes: 4, snapshots: 1 });
      expect(await loser.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
      expect(await donor.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
      expect((await winner.delete(`volumes/${volume}?cascade=True`)).status).toBe(202);
      expect(await winner.usage()).toEqual({ volumes: 0, gigabytes: 0, snapshots: 0 });
    }
  });

  it("20 offers of one volume: one is made", { timeout: 120_000 }, async () => {
    const donor = new Client(url);
    const volume = await donor.createVolume();
    for (let round = 0; round < ROUNDS; round++) {
      const answers = await atOnce(Array.from({ length: 20 }), () => donor.createTransfer(volume));
      expect(statuses(answers)).toEqual({ 202: 1, 400: 19 });
      const { transfers } = (await donor.get("volume-transfers")).body;
      const made = answers.find(({ status }) => status === 202)?.body.transfer;
      expect(transfers.map(({ id }) => id)).toEqual([made?.id]);
      expect((await donor.delete(`volume-transfers/${made?.id}`)).status).toBe(202);
    }
  });

  it("an accept against a delete: one wins, and the volume is where the winner put it", {
    timeout: 120_000,
  }, async () => {
    const donor = new Client(url);
    const acceptor = new Client(url, { user: "bob" });
    for (let round = 0; round < ROUNDS; round++) {
      const volume = await donor.createVolume();
      const offer = (await donor.createTransfer(volume)).body.transfer;
      const requests = [() => acceptor.accept(offer), () => donor.delete(`volume-transfers/${offer.id}`)];
      const [accepted, deleted] =
        round % 2 === 0
          ? await atOnce(requests, (send) => send())
          : (await atOnce(requests.reverse(), (send) => send())).reverse();
      expect([accepted?.status, deleted?.status].sort()).toEqual([202, 404]);
      const owner = accepted?.status === 202 ? acceptor : donor;
      expect((await owner.get(`volumes/${volume}`)).body.volume.status).toBe("available");
      expect(await owner.usage()).toEqual({ volumes: 1, gigabytes: 1, snapshots: 0 });
      expect(await (owner === donor ? acceptor : donor).usage()).toEqual({
        volumes: 0,
        gigabytes: 0,
        snapshots: 0,
      });
      await owner.delete(`volumes/${volume}`);
    }
  });

  it("6 accepts into room for 3: three win, and usage is exact", { timeout: 120_000 }, async () => {
    const admin = new Admin(url);
    for (let round = 0; round < ROUNDS; round++) {
      const donor = new Client(url);
      const acceptor = new Client(url, { user: "bob" });
      await admin.setQuota(acceptor.project, { volumes: 3 });
      const offers: Transfer[] = await atOnce(
        Array.from({ length: 6 }),
        async () => (await donor.createTransfer(await donor.createVolume({ size: 2 }))).body.transfer,
      );
      const answers = await atOnce(offers, (offer) => acceptor.accept(offer));
      expect(statuses(answers)).toEqual({ 202: 3, 413: 3 });
      expect(await acceptor.usage()).toEqual({ volumes: 3, gigabytes: 6, snapshots: 0 });
      expect(await donor.usage()).toEqual({ volumes: 3, gigabytes: 6, snapshots: 0 });
      expect((await acceptor.get("volumes")).body.volumes).toHaveLength(3);
      expect((await donor.get("volume-transfers")).body.transfers).toHaveLength(3);
    }
  });
});
