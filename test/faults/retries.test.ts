import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Answer, Client } from "./client.ts";
import { type Deployment, deploy } from "./deployment.ts";
import { expectUnavailable } from "./expect_unavailable.ts";
import { first } from "./proxy.ts";

// What a client is told while the way to the database has faults, and what it may do then.

const TIMEOUT_MS = 1000;

let service: Deployment;
let alpha: Client;
let beta: Client;
let gamma: Client;
beforeAll(async () => {
  service = await deploy({ variables: { DATABASE_TIMEOUT_MS: String(TIMEOUT_MS) } });
  alpha = new Client(service.worker.url, "alpha");
  beta = new Client(service.worker.url, "beta");
  gamma = new Client(service.worker.url, "gamma");
});
afterEach(() => {
  service.proxy.fault = () => undefined;
});
afterAll(() => service.stop());

/** How many exchanges with the database something took. */
async function exchanges(
  act: () => Promise<Answer>,
): Promise<{ answer: Answer; read: number; write: number }> {
  const { read, write } = service.proxy.exchanges;
  const answer = await act();
  return {
    answer,
    read: service.proxy.exchanges.read - read,
    write: service.proxy.exchanges.write - write,
  };
}

describe("a read", () => {
  it.each(["request lost", "answer lost"] as const)("is asked again once: %s", async (fault) => {
    service.proxy.fault = first(1, "read", fault);
    const { answer, read } = await exchanges(() => alpha.get("volumes"));
    expect(answer.status).toBe(200);
    expect(read).toBe(2);
  });

  it("is asked no third time", async () => {
    service.proxy.fault = () => "answer lost";
    const { answer, read } = await exchanges(() => alpha.get("volumes"));
    expectUnavailable(answer);
    expect(read).toBe(2);
  });

  it("that gets no answer in time is a 503, after that time", async () => {
    service.proxy.fault = () => ({ delayMs: 5000 });
    const { answer, read } = await exchanges(() => alpha.get("volumes"));
    expectUnavailable(answer);
    expect(answer.ms).toBeGreaterThanOrEqual(TIMEOUT_MS - 10);
    expect(answer.ms).toBeLessThan(TIMEOUT_MS + 1000);
    expect(read).toBe(1);
  });

  it("has one time limit, not one for each attempt", async () => {
    const late = first(1, "read", "answer lost");
    service.proxy.fault = (kind) => late(kind) ?? { delayMs: 5000 };
    const { answer, read } = await exchanges(() => alpha.get("volumes"));
    expectUnavailable(answer);
    expect(answer.ms).toBeLessThan(TIMEOUT_MS + 1000);
    expect(read).toBe(2);
  });
});

describe("a write", () => {
  it.each(["request lost", "answer lost"] as const)("is asked once: %s", async (fault) => {
    const volume = await alpha.volume();
    service.proxy.fault = first(1, "write", fault);
    const { answer, read, write } = await exchanges(() => alpha.offer(volume));
    expectUnavailable(answer);
    expect([read, write]).toEqual([0, 1]);
    const { transfers } = (await alpha.get(`volume-transfers?volume_id=${volume}`)).body;
    expect(transfers).toHaveLength(fault === "answer lost" ? 1 : 0);
  });

  it("that gets no answer in time is a 503, after that time", async () => {
    const volume = await alpha.volume();
    service.proxy.fault = () => ({ delayMs: 5000 });
    const { answer, write } = await exchanges(() => alpha.offer(volume));
    expectUnavailable(answer);
    expect(answer.ms).toBeGreaterThanOrEqual(TIMEOUT_MS - 10);
    expect(answer.ms).toBeLessThan(TIMEOUT_MS + 1000);
    expect(write).toBe(1);
  });
});

describe("an accept whose answer was lost between database and Worker", () => {
  it("is answered when it comes again with its Idempotency-Key, and only to the project that accepted", async () => {
    const offer = await alpha.offered();
    service.proxy.fault = first(1, "write", "answer lost");
    expectUnavailable(await beta.accept(offer, "key-1"));
    const again = await beta.accept(offer, "key-1");
    expect(again.status).toBe(202);
    const { id, volume_id } = offer;
    expect(again.body.transfer).toMatchObject({ id, volume_id });
    expect((await beta.accept(offer, "key-1")).body).toEqual(again.body);
    for (const refused of [
      await beta.accept(offer),
      await beta.accept(offer, "key-2"),
      await gamma.accept(offer, "key-1"),
      await beta.accept({ id, auth_key: "0000000000000000" }, "key-1"),
    ]) {
      expect(refused.status).toBe(404);
    }
    expect((await beta.get(`volumes/${volume_id}`)).status).toBe(200);
  });

  it("is a 404 when it comes again without one, and took effect", async () => {
    const offer = await alpha.offered();
    service.proxy.fault = first(1, "write", "answer lost");
    expectUnavailable(await beta.accept(offer));
    const again = await beta.accept(offer);
    expect(again.status).toBe(404);
    expect(again.body.itemNotFound?.code).toBe(404);
    expect((await beta.get(`volumes/${offer.volume_id}`)).status).toBe(200);
  });

  it("takes effect when it comes again, where it was lost on its way", async () => {
    const offer = await alpha.offered();
    service.proxy.fault = first(1, "write", "request lost");
    expectUnavailable(await beta.accept(offer, "key-3"));
    expect((await alpha.get(`volumes/${offer.volume_id}`)).body.volume?.status).toBe("awaiting-transfer");
    expect((await beta.accept(offer, "key-3")).status).toBe(202);
  });
});

it("an accept whose client has hung up took effect, and comes again with its Idempotency-Key", async () => {
  const offer = await alpha.offered();
  service.proxy.fault = () => ({ delayMs: 300 });
  const cut = await new Client(beta.url, beta.project, 150).accept(offer, "key-4");
  expect(cut.status).toBe(0);
  service.proxy.fault = () => undefined;
  expect((await beta.get(`volumes/${offer.volume_id}`)).status).toBe(200);
  expect((await beta.accept(offer, "key-4")).status).toBe(202);
});

it("all of this has left the database as it must be", async () => {
  const { violations, notices } = await service.check();
  expect([violations, notices]).toEqual([[], []]);
});
