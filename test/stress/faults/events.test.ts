import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@libsql/client/http";
import { afterEach, expect, inject, it, vi } from "vitest";
import * as z from "zod";
import { database } from "../../../src/db/engine/database.ts";
import { deliverEvents } from "../../../src/events/deliver.ts";
import { sweep } from "../../../src/transfers/sweep.ts";
import { configuration } from "../../support/configuration.ts";
import { type Receiver, startReceiver } from "../../support/webhook_receiver.ts";
import { type Deployment, deploy, expectConsistent } from "./deployment.ts";
import { durationSeconds } from "./duration.ts";
import { UNLIMITED_ATTEMPTS, Workload } from "./history/workload.ts";

/** How long the faults go on. Every fault is injected at least once. */
const MIN_SECONDS = durationSeconds("EVENT_FAULTS_SECONDS", 30);
const SECRET = `whsec_${btoa("x".repeat(32))}`;
/** A limit that only a service in error reaches. */
const WAIT = { timeout: 240_000, interval: 500 };

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanups.splice(0).reverse()) await stop();
});

const chance = (probability: number): boolean => Math.random() < probability;

/** The events and the transfers of the database, in the order of the commits. */
interface Committed {
  readonly events: readonly EventRow[];
  readonly transfers: readonly TransferRow[];
}
const eventRow = z.object({
  id: z.string(),
  type: z.string(),
  volume_id: z.string(),
  transfer: z.string().nullable(),
});
type EventRow = z.output<typeof eventRow>;
const transferRow = z.object({
  id: z.string(),
  volume_id: z.string(),
  end: z.enum(["open", "accepted", "deleted", "expired"]),
});
type TransferRow = z.output<typeof transferRow>;

async function readCommitted(url: string): Promise<Committed> {
  const client = createClient({ url });
  const [events, transfers] = await client.batch([
    `select seq || '-' || nonce as id, type, volume_id, data ->> '$.transfer.id' as transfer from events order by seq`,
    `select id, volume_id, case when deleted_at is null then 'open' when accepted then 'accepted'
       when expires_at <= deleted_at then 'expired' else 'deleted' end as "end" from transfers order by seq`,
  ]);
  const rows = (result: typeof events) => result?.rows.map((row) => ({ ...row })) ?? [];
  return {
    events: z.array(eventRow).parse(rows(events)),
    transfers: z.array(transferRow).parse(rows(transfers)),
  };
}

/** Returns the events of transfers that the rows of `transfers` ask for, by volume. */
function expectedEvents(transfers: readonly TransferRow[]): Map<string, string[]> {
  const expected = new Map<string, string[]>();
  for (const { id, volume_id, end } of transfers) {
    const events = expected.get(volume_id) ?? [];
    events.push(`volume_transfer.created ${id}`);
    if (end !== "open") events.push(`volume_transfer.${end} ${id}`);
    expected.set(volume_id, events);
  }
  return expected;
}

function transferEvents(events: readonly EventRow[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { type, volume_id, transfer } of events) {
    if (transfer === null) continue;
    found.set(volume_id, [...(found.get(volume_id) ?? []), `${type} ${transfer}`]);
  }
  return found;
}

/** Returns the ids of the events in the order in which a receiver took them for the first time. */
const firstArrivals = ({ received }: Receiver): string[] => [
  ...new Set(received.filter(({ status }) => status === 204).map(({ event }) => event.id)),
];

const seqOf = (id: string): number => Number.parseInt(id, 10);

/** Returns the pairs of events of one volume that arrived in the wrong order. */
function disorder(receiver: Receiver, events: readonly EventRow[]): string[] {
  const volumeOf = new Map(events.map(({ id, volume_id }) => [id, volume_id]));
  const last = new Map<string, string>();
  return firstArrivals(receiver).flatMap((id) => {
    const volume = volumeOf.get(id) ?? "";
    const before = last.get(volume);
    last.set(volume, id);
    return before !== undefined && seqOf(before) > seqOf(id) ? [`${before} before ${id}`] : [];
  });
}

it("delivers every committed event and no other, in order for each volume, under every fault", {
  timeout: (MIN_SECONDS + 600) * 1000,
}, async () => {
  const receivers = await Promise.all([1, 2, 3].map(() => startReceiver(SECRET)));
  cleanups.push(...receivers.map(({ stop }) => stop));
  const variables = {
    AUTH_STRATEGY: "noauth",
    DATABASE_TIMEOUT_MS: "1000",
    WEBHOOK_URLS: receivers.map(({ url }) => url).join(),
    WEBHOOK_SECRET: SECRET,
    WEBHOOK_TIMEOUT_MS: "1000",
    ...UNLIMITED_ATTEMPTS,
  };
  const service: Deployment = await deploy({ variables });
  cleanups.push(service.stop);
  const second = await service.addWorker(inject("builtWorker"));
  const config = configuration({ ...variables, LIBSQL_URL: service.proxy.url });
  const early = watchCommits(receivers, service.sqld.url);
  const workload = new Workload({
    urls: [service.worker.url, second.url],
    clients: 10,
    volumes: 40,
    projects: 5,
    sweep: async () => {
      await sweep(database(config), config);
      await deliverEvents(config);
    },
  });
  await workload.prepare();

  const running = workload.run();
  const end = performance.now() + MIN_SECONDS * 1000;
  do {
    for (const server of [service.worker, second, service.sqld]) {
      await workload.untilAcknowledged(5);
      await server.kill();
      await sleep(500);
      await server.start();
    }
  } while (performance.now() < end);
  await workload.untilAcknowledged(5);
  workload.stop();
  await running;
  await service.proxy.untilIdle();
  for (const receiver of receivers) receiver.answer = () => 204;

  const { events, transfers } = await drain(service.sqld.url, receivers, () => deliverEvents(config));
  const [expected, found] = [expectedEvents(transfers), transferEvents(events)];
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  for (const receiver of receivers) {
    expect(new Set(firstArrivals(receiver))).toEqual(new Set(events.map(({ id }) => id)));
    expect(disorder(receiver, events)).toEqual([]);
    expect(receiver.invalid).toEqual([]);
  }
  expect(early).toEqual([]);
  const statuses = new Set(receivers.flatMap(({ received }) => received.map(({ status }) => status)));
  expect(statuses).toEqual(new Set([204, 500]));
  console.log(
    `${events.length} events, ${receivers.map(({ received }) => received.length).join(", ")} webhooks`,
  );
  await expectConsistent(service);
});

/**
 * Makes each receiver fail in its own way: one answers slowly, one with 500, and one hangs or closes the connection.
 * Each looks for an event in the database before it answers.
 *
 * @returns the events that the database did not have when they arrived
 */
function watchCommits(receivers: readonly Receiver[], url: string): readonly string[] {
  const early: string[] = [];
  const check = async (id: string): Promise<void> => {
    const sql = "select 1 from events where seq || '-' || nonce = ? and seq = ?";
    const found = await createClient({ url })
      .execute({ sql, args: [id, seqOf(id)] })
      .catch(() => undefined);
    // sqld may have been killed since.
    if (found?.rows.length === 0) early.push(id);
  };
  for (const [i, receiver] of receivers.entries()) {
    receiver.answer = async ({ id }) => {
      if (chance(0.2)) await check(id);
      if (i === 0) await sleep(Math.random() * 100);
      else if (chance(0.1)) return i === 1 ? 500 : chance(0.5) ? "hang" : "close";
      return 204;
    };
  }
  return early;
}

/** Delivers what waits, without the pauses between the attempts, until each receiver has every event. */
async function drain(
  url: string,
  receivers: readonly Receiver[],
  run: () => Promise<unknown>,
): Promise<Committed> {
  return vi.waitFor(async () => {
    await createClient({ url }).execute("update event_retries set next_at = 0");
    await run();
    const committed = await readCommitted(url);
    for (const receiver of receivers) {
      expect(firstArrivals(receiver)).toHaveLength(committed.events.length);
    }
    return committed;
  }, WAIT);
}
