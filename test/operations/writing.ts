import { Client } from "../service/client.ts";

/** No limits, for a service that is written to for a while. */
export const NO_QUOTA = { QUOTA_VOLUMES: "-1", QUOTA_GIGABYTES: "-1", QUOTA_SNAPSHOTS: "-1" };

/**
 * Makes volumes with snapshots, offers them, and accepts or withdraws the offers, many at once.
 *
 * @returns what ends it, and tells how many offers there were
 */
export function keepWriting(url: string): () => Promise<number> {
  let writing = true;
  let handoffs = 0;
  const work = async () => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    while (writing) {
      const volume = await donor.volume(2);
      await donor.snapshot(volume);
      const offer = (await donor.offer(volume)).body.transfer;
      if (handoffs % 3 === 0) await donor.delete(`volume-transfers/${offer.id}`);
      else await acceptor.accept(offer);
      handoffs++;
    }
  };
  const workers = Promise.all(Array.from({ length: 4 }, work));
  return async () => {
    writing = false;
    await workers;
    return handoffs;
  };
}
