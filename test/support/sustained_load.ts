import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "./client.ts";

/** Requests that several clients send one after the other until `stop`. */
export interface SustainedLoad {
  /** Waits until this many transfers have been accepted or deleted since the load began. */
  untilClosed(count: number): Promise<void>;
  /** Ends the load, and returns how many transfers it has accepted or deleted. */
  stop(): Promise<number>;
}

const CLIENTS = 4;
/** The time between two transfers of a client, milliseconds: it leaves the machine to what is tested. */
const PAUSE_MS = 100;

/** Creates volumes with a snapshot, creates a transfer of each, and accepts it, or deletes every third. */
export function startSustainedLoad(url: string): SustainedLoad {
  let stopped = false;
  let closed = 0;
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const work = async () => {
    const [donor, acceptor] = [new Client(url), new Client(url)];
    while (!stopped) {
      const transfer = await donor.createVolumeAndTransfer({}, 1);
      if (closed % 3 === 0) await donor.delete(`volume-transfers/${transfer.id}`);
      else await acceptor.accept(transfer);
      closed++;
      for (const { count, resolve } of waiting) if (closed >= count) resolve();
      await sleep(PAUSE_MS);
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, work));
  return {
    untilClosed: (count) =>
      // Where a client fails, nothing is left to wait for.
      Promise.race([
        new Promise<void>((resolve) => waiting.push({ count, resolve })),
        clients.then(() => {}),
      ]),
    async stop() {
      stopped = true;
      await clients;
      return closed;
    },
  };
}
