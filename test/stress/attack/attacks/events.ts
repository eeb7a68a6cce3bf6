import { setTimeout as sleep } from "node:timers/promises";
import Database from "libsql";
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
    before: "0 of 6 events of another project in 141 s",
    run: stuckVolume(503),
  },
  {
    name: "120 events behind one that the receiver of webhooks does not answer",
    before: "no events for other projects",
    run: stuckVolume("hang"),
  },
  {
    name: "a volume that is created and deleted 600 times",
    before: "800 events in 15 s within a quota of 10",
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
  {
    name: "10,000 transfers that expire at once, and then an event",
    before: "1,000 queries of one region before any event is sent",
    async run({ url, file, startCopy }) {
      const database = new Database(file, { timeout: 5000 });
      database.exec(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
         insert into transfers (id, volume_id, display_name, auth_key_hmac, no_snapshots, source_project_id, expires_at)
         select 'expired ' || i, 'volume ' || i, '', '', 0, 'alpha', 1 from n`,
      );
      database.close();
      const volume = await new Client(url).createVolume();
      const hook = await startReceiver(WEBHOOK_SECRET);
      try {
        const begin = performance.now();
        await startCopy({ WEBHOOK_URLS: hook.url, WEBHOOK_SECRET });
        while (!hook.received.some(({ event }) => event.subject === volume)) {
          assert(performance.now() - begin < 10_000, "the event does not arrive");
          await sleep(20);
        }
        return "the event is sent first";
      } finally {
        await hook.stop();
      }
    },
  },
  {
    name: "control characters in the name of a volume",
    before: "a receiver on PostgreSQL can never store the event",
    d1: true,
    async run({ url }) {
      const owner = new Client(url);
      await owner.createVolume({ name: "a\u0000b\u001b[2Jc\u009fd" });
      const { body } = await owner.get("events");
      const text = JSON.stringify(body.events);
      assert(body.events.length > 0 && !/\\u00[019]/i.test(text), text);
      return "the events have none";
    },
  },
];
