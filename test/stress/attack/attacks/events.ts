import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "../../../support/client.ts";
import { startReceiver } from "../../../support/webhook_receiver.ts";
import { type Attack, assert } from "../target.ts";

const WEBHOOK_SECRET = `whsec_${btoa("x".repeat(32))}`;

/** Creates and deletes a transfer of a volume again and again. */
async function changeVolume(owner: Client, volume: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const { transfer } = (await owner.createTransfer(volume)).body;
    await owner.delete(`volume-transfers/${transfer.id}`);
  }
}

/**
 * Makes a receiver treat the events of one project's volume differently, with 120 events behind the first, and measures
 * how long the event of another project takes.
 *
 * @throws Error if it does not arrive within five seconds
 */
const stuckVolume = (answer: 503 | "hang"): Attack["run"] =>
  async function run({ startCopy }) {
    const hook = await startReceiver(WEBHOOK_SECRET);
    try {
      const { url } = await startCopy({ WEBHOOK_URLS: hook.url, WEBHOOK_SECRET });
      const owner = new Client(url);
      const stuck = await owner.createVolume();
      hook.answer = ({ subject }) => (subject === stuck ? answer : 204);
      await changeVolume(owner, stuck, 60);
      const free = await new Client(url).createVolume();
      const begin = performance.now();
      while (!hook.received.some(({ event }) => event.subject === free)) {
        assert(performance.now() - begin < 5000, "the event of another project does not arrive");
        await sleep(20);
      }
      return "the events of other volumes arrive";
    } finally {
      await hook.stop();
    }
  };

export const events: readonly Attack[] = [
  {
    name: "120 events behind one that the receiver of webhooks refuses",
    before: "no events for other projects",
    run: stuckVolume(503),
  },
  {
    name: "120 events behind one that the receiver of webhooks does not answer",
    before: "no events for other projects",
    run: stuckVolume("hang"),
  },
  {
    name: "a volume that is created and deleted 600 times",
    before: "1,200 events",
    async run({ startCopy }) {
      const { url } = await startCopy({ QUOTA_VOLUMES: "1", VOLUMES_PER_MINUTE: "100" });
      const owner = new Client(url);
      let created = 0;
      for (let i = 0; i < 600; i++) {
        const { status, body } = await owner.send("POST", "volumes", { volume: { size: 1 } });
        if (status === 429) continue;
        created++;
        await owner.delete(`volumes/${body.volume.id}`);
      }
      // The minutes in which they were created.
      assert(created <= 300, `${created} volumes created`);
      return "429 beyond the limit of a minute";
    },
  },
];
