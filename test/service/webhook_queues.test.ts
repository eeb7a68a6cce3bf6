import { createClient } from "@libsql/client";
import { describe, expect, it, vi } from "vitest";
import { Client } from "../support/client.ts";
import type { Receiver } from "../support/webhook_receiver.ts";
import { DATABASES, delivered, receiver, startOnLibsql, variablesFor, WAIT } from "./webhook_setup.ts";

const UNLIMITED = { QUOTA_VOLUMES: "-1", QUOTA_GIGABYTES: "-1" };

/** Creates volumes, ten at once. */
async function createVolumes(client: Client, count: number): Promise<readonly string[]> {
  const volumes: string[] = [];
  let left = count;
  const create = async () => {
    while (left-- > 0) volumes.push(await client.createVolume());
  };
  await Promise.all(Array.from({ length: 10 }, create));
  return volumes;
}

/** Waits until every event of volumes has arrived. */
const arrival = (hook: Receiver, volumes: readonly string[]) =>
  vi.waitFor(() => {
    const arrived = new Set(delivered(hook).map(({ subject }) => subject));
    expect(volumes.filter((volume) => !arrived.has(volume))).toEqual([]);
  }, WAIT);

/** The volumes of the events that a receiver refused. */
const refused = ({ received }: Receiver): Set<string> =>
  new Set(received.filter(({ status }) => status === 503).map(({ event }) => event.subject));

describe.each(DATABASES)("webhooks of volumes, on %s", (database, start) => {
  const [volumes, changes] = database === "D1" ? [60, 30] : [1000, 60];

  it(`do not wait for each other: one of ${volumes} is stuck, with ${2 * changes} events behind it`, {
    timeout: 240_000,
  }, async () => {
    const hook = await receiver();
    const { url } = await start({ ...variablesFor(hook), ...UNLIMITED });
    const [owner, other] = [new Client(url), new Client(url)];
    const stuck = await owner.createVolume();
    hook.answer = ({ subject }) => (subject === stuck ? 503 : 204);
    for (let i = 0; i < changes; i++) {
      const { transfer } = (await owner.createTransfer(stuck)).body;
      await owner.delete(`volume-transfers/${transfer.id}`);
    }
    await arrival(hook, await createVolumes(other, 5));
    await arrival(hook, await createVolumes(owner, volumes - 1));
    await arrival(hook, await createVolumes(other, 5));
  });

  it("do not wait for one whose receiver does not respond", async () => {
    const hook = await receiver();
    const { url, lines } = await start({ ...variablesFor(hook), ...UNLIMITED, WEBHOOK_TIMEOUT_MS: "10000" });
    const [owner, other] = [new Client(url), new Client(url)];
    const stuck = await owner.createVolume();
    await arrival(hook, [stuck]);
    const hanging = new Promise<void>((resolve) => {
      hook.answer = ({ subject }) => {
        if (subject !== stuck) return 204;
        resolve();
        return "hang";
      };
    });
    await owner.createTransfer(stuck);
    await hanging;
    for (const client of [owner, other]) await arrival(hook, await createVolumes(client, 3));
    expect(lines.join("\n")).not.toContain("event delivery failed");
  });
});

describe("webhooks of a project that the receiver refuses", () => {
  it("leave other projects' alone, are tried for some of its volumes only, and all arrive in the end", async () => {
    const hook = await receiver();
    const { url, databaseUrl, runCron } = await startOnLibsql({ ...variablesFor(hook), ...UNLIMITED });
    const [owner, other] = [new Client(url), new Client(url)];
    hook.answer = ({ data }) => (data.source_project_id === owner.project ? 503 : 204);
    const volumes = await createVolumes(owner, 200);
    await arrival(hook, await createVolumes(other, 5));
    // A round that has begun can go beyond the share of a project.
    expect(refused(hook).size).toBeLessThan(100);

    hook.answer = () => 204;
    const database = createClient({ url: databaseUrl });
    await vi.waitFor(async () => {
      // Without the pauses between the attempts.
      await database.execute("update event_retries set next_at = 0");
      await runCron();
      const arrived = delivered(hook).map(({ subject }) => subject);
      expect(volumes.filter((volume) => !arrived.includes(volume))).toEqual([]);
    }, WAIT);
    database.close();
  });
});

it("webhooks of all regions share the connections of a sweep", async () => {
  const hook = await receiver();
  hook.answer = () => 503;
  const regions = ["a", "b", "c", "d"];
  const { url, runCron } = await startOnLibsql({ ...variablesFor(hook), REGIONS: regions.join(" ") });
  const clients = regions.map((region) => new Client(`${url}/${region}`));
  const volumes = (await Promise.all(clients.map((client) => createVolumes(client, 5)))).flat();
  await vi.waitFor(() => expect(refused(hook)).toEqual(new Set(volumes)), WAIT);

  let [open, most] = [0, 0];
  hook.answer = async () => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setTimeout(resolve, 100));
    open--;
    return 204;
  };
  await vi.waitFor(async () => {
    await runCron();
    expect(new Set(delivered(hook).map(({ subject }) => subject))).toEqual(new Set(volumes));
  }, WAIT);
  // Cloudflare allows six, those to databases included.
  expect(most).toBeLessThan(5);
});
