import { Client } from "./client.ts";

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
      const volume = await donor.createVolume({ size: 2 });
      await donor.createSnapshot(volume);
      const offer = (await donor.createTransfer(volume)).body.transfer;
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
