import { createClient } from "@libsql/client/web";
import { afterEach, expect, it } from "vitest";
import { blockWrites } from "./block_writes.ts";
import { type Answer, Client, until } from "./client.ts";
import { type Deployment, deploy } from "./deployment.ts";
import { expectUnavailable } from "./expect_unavailable.ts";
import { type SmallDisk, smallDisk } from "./tmpfs.ts";

// What befalls the processes and the database, one at a time; `history.test.ts` has them all under load.

let service: Deployment | undefined;
let disk: SmallDisk | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
  disk?.remove();
  disk = undefined;
});

async function start(data?: string) {
  service = await deploy({
    variables: { DATABASE_TIMEOUT_MS: "1000" },
    ...(data !== undefined && { data }),
  });
  const alpha = new Client(service.worker.url, "alpha");
  const beta = new Client(service.worker.url, "beta");
  return { service, alpha, beta };
}

/** Makes offers, accepts them all at once, and has something happen when the first accept is answered. */
async function acceptsDuring({ alpha, beta }: { alpha: Client; beta: Client }, happens: () => Promise<void>) {
  const offers = await Promise.all(Array.from({ length: 40 }, () => alpha.offered()));
  const requests = offers.map((offer) => beta.accept(offer, offer.id));
  await Promise.race(requests);
  await happens();
  return { offers, answers: await Promise.all(requests) };
}

/** Each accept that was answered has taken effect; each that was not takes effect now, or has. */
async function expectAllAccepted(
  offers: Awaited<ReturnType<typeof acceptsDuring>>["offers"],
  answers: readonly Answer[],
  beta: Client,
) {
  for (const [i, offer] of offers.entries()) {
    if (answers[i]?.status === 202) {
      expect((await beta.get(`volumes/${offer.volume_id}`)).status).toBe(200);
    } else {
      expect((await beta.accept(offer, offer.id)).status).toBe(202);
    }
  }
  expect((await beta.get("volumes")).body.volumes).toHaveLength(offers.length);
}

async function expectClean({ check }: Deployment) {
  const { violations, notices } = await check();
  expect([violations, notices]).toEqual([[], []]);
}

it("kill -9 of workerd amid requests: what was answered is done, the rest can be sent again", async () => {
  const { service, alpha, beta } = await start();
  const { offers, answers } = await acceptsDuring({ alpha, beta }, () => service.worker.kill());
  const statuses = answers.map(({ status }) => status);
  expect(statuses).toContain(202);
  expect(statuses).toContain(0);
  await service.worker.start();
  await expectAllAccepted(offers, answers, beta);
  await expectClean(service);
});

it("kill -9 of sqld amid requests: 503, and as before once it is back on its files", async () => {
  const { service, alpha, beta } = await start();
  const { offers, answers } = await acceptsDuring({ alpha, beta }, () => service.sqld.kill());
  const failed = answers.filter(({ status }) => status !== 202);
  expect(failed.length).toBeGreaterThan(0);
  failed.forEach(expectUnavailable);
  expectUnavailable(await alpha.get("volumes"));
  expectUnavailable(await alpha.offer(offers[0]?.volume_id ?? ""));
  await service.sqld.start();
  await expectAllAccepted(offers, answers, beta);
  await expectClean(service);
});

it("sqld hangs: 503 in time, and as before when it goes on", async () => {
  const { service, alpha } = await start();
  const volume = await alpha.volume();
  service.sqld.program.signal("SIGSTOP");
  const [read, write] = await Promise.all([alpha.get("volumes"), alpha.offer(volume)]);
  for (const answer of [read, write]) {
    expectUnavailable(answer);
    expect(answer.ms).toBeLessThan(2000);
  }
  service.sqld.program.signal("SIGCONT");
  await until(200, () => alpha.get("volumes"));
  // What sqld was sent before it hung, it does now: an offer that was not acknowledged, and took effect.
  const { transfers } = (await alpha.get(`volume-transfers?volume_id=${volume}`)).body;
  expect((await alpha.offer(volume)).status).toBe(transfers?.length === 1 ? 400 : 202);
  await expectClean(service);
});

it("sqld keeps a write-ahead log, which is on the disk after a checkpoint", async () => {
  const { service } = await start();
  const client = createClient({ url: service.sqld.url });
  const [mode, synchronous] = await client.batch(["pragma journal_mode", "pragma synchronous"], "read");
  expect(mode?.rows[0]?.[0]).toBe("wal");
  // NORMAL.
  expect(synchronous?.rows[0]?.[0]).toBe(1);
});

it("the database is read-only: reads go on, writes are a 503, until it is not", async () => {
  const { service, alpha, beta } = await start();
  const offer = await alpha.offered();
  await blockWrites(service.adminUrl, true);
  expectUnavailable(await beta.accept(offer));
  expectUnavailable(await alpha.delete(`volume-transfers/${offer.id}`));
  expectUnavailable(await alpha.offer(offer.volume_id));
  expect((await alpha.get(`volume-transfers/${offer.id}`)).status).toBe(200);
  await blockWrites(service.adminUrl, false);
  expect((await beta.accept(offer)).status).toBe(202);
  await expectClean(service);
});

it("the disk is full: reads go on, writes are a 503, until there is room", async (context) => {
  const made = smallDisk(16);
  if ("missing" in made) {
    console.warn(`skipped: ${made.missing}`);
    return context.skip(made.missing);
  }
  disk = made;
  const { service, alpha, beta } = await start(made.folder);
  const [offer, other] = [await alpha.offered(), await alpha.offered()];
  made.fill();
  for (let i = 0; i < 20; i++) expectUnavailable(await beta.accept(offer));
  expectUnavailable(await alpha.delete(`volume-transfers/${offer.id}`));
  expect((await alpha.get(`volume-transfers/${offer.id}`)).status).toBe(200);
  made.empty();
  expect((await beta.accept(offer)).status).toBe(202);
  made.fill();
  await service.sqld.kill();
  made.empty();
  await service.sqld.start();
  expect((await beta.accept(other)).status).toBe(202);
  await expectClean(service);
});
