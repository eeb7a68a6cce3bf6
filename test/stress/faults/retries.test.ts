import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Client, ServiceResponse, Transfer } from "../../support/client.ts";
import { firstExchanges } from "../../support/proxy.ts";
import { type Deployment, deploy, expectConsistent } from "./deployment.ts";
import { expectUnavailable } from "./expect_unavailable.ts";
import { tolerantClient } from "./tolerant_client.ts";

const TIMEOUT_MS = 3000;
/** Later than any timeout: the response never arrives in time. */
const TOO_LATE = { delayMs: 3 * TIMEOUT_MS };

let service: Deployment;
let client: Client;
beforeAll(async () => {
  service = await deploy({ variables: { DATABASE_TIMEOUT_MS: String(TIMEOUT_MS) } });
  client = tolerantClient(service.worker.url, "alpha");
});
afterEach(() => {
  service.proxy.fault = () => undefined;
});
afterAll(() => service.stop());

/** Sends a request, and counts the exchanges with the database that it causes. */
async function countExchanges(
  send: () => Promise<ServiceResponse>,
): Promise<{ response: ServiceResponse; read: number; write: number }> {
  const before = { ...service.proxy.exchanges };
  const response = await send();
  const { read, write } = service.proxy.exchanges;
  return { response, read: read - before.read, write: write - before.write };
}

describe("a read", () => {
  it.each(["request lost", "response lost"] as const)("is retried once after: %s", async (fault) => {
    service.proxy.fault = firstExchanges(1, "read", fault);
    const { response, read } = await countExchanges(() => client.get("volumes"));
    expect(response.status).toBe(200);
    expect(read).toBe(2);
  });

  it("returns 503 after the second failure", async () => {
    service.proxy.fault = () => "response lost";
    const { response, read } = await countExchanges(() => client.get("volumes"));
    expectUnavailable(response);
    expect(read).toBe(2);
  });

  it("returns 503 after DATABASE_TIMEOUT_MS without a response, and is not retried", async () => {
    service.proxy.fault = () => TOO_LATE;
    const { response, read } = await countExchanges(() => client.get("volumes"));
    expectUnavailable(response);
    expect(response.ms).toBeGreaterThanOrEqual(TIMEOUT_MS - 10);
    expect(response.ms).toBeLessThan(TOO_LATE.delayMs);
    expect(read).toBe(1);
  });

  it("has one timeout for both attempts", async () => {
    const firstAttemptMs = (TIMEOUT_MS * 2) / 3;
    const lateFailure = firstExchanges(1, "read", { delayMs: firstAttemptMs, lost: true });
    service.proxy.fault = (kind) => lateFailure(kind) ?? TOO_LATE;
    const { response, read } = await countExchanges(() => client.get("volumes"));
    expectUnavailable(response);
    expect(response.ms).toBeLessThan(firstAttemptMs + TIMEOUT_MS);
    expect(read).toBe(2);
  });
});

describe("a write", () => {
  const accept = (transfer: Transfer) => tolerantClient(client.url, "beta").accept(transfer);

  it.each([
    ["its request lost", "request lost", 3],
    ["its response lost", "response lost", 2],
    ["its response late", TOO_LATE, 2],
    ["its request late", { heldMs: TOO_LATE.delayMs }, 3],
  ] as const)("is answered with what has happened after: %s", async (_title, fault, exchanges) => {
    const volume = await client.createVolume();
    service.proxy.fault = firstExchanges(1, "write", fault);
    const { response, read, write } = await countExchanges(() => client.createTransfer(volume));
    expect(response.status).toBe(202);
    // The write, the question, and the write again if it had no effect.
    expect([read, write]).toEqual([0, exchanges]);
    // A late request meets the fence.
    await service.proxy.untilIdle();
    const { transfers } = (await client.get(`volume-transfers?volume_id=${volume}`)).body;
    expect(transfers.map(({ id }) => id)).toEqual([response.body.transfer.id]);
    expect((await accept(response.body.transfer)).status).toBe(202);
  });

  it("is answered with a 503 that admits the doubt if the database answers no question either", async () => {
    const volume = await client.createVolume();
    service.proxy.fault = (kind) => (kind === "write" ? "response lost" : undefined);
    const { response } = await countExchanges(() => client.createTransfer(volume));
    expectUnavailable(response);
    expect(response.body.serviceUnavailable?.message).toContain("may have taken effect");
    expect(response.ms).toBeGreaterThanOrEqual(TIMEOUT_MS - 10);
  });

  it("that has waited for another one, and was never sent, is answered with a 503 that says so", async () => {
    const [first, second] = [await client.createVolume(), await client.createVolume()];
    service.proxy.fault = (kind) => (kind === "write" ? TOO_LATE : undefined);
    const { proxy } = service;
    const before = proxy.exchanges.write;
    const sent = client.createTransfer(first);
    await vi.waitFor(() => expect(proxy.exchanges.write).toBe(before + 1), { timeout: 10_000, interval: 5 });
    const waiting = await client.createTransfer(second);
    expect(waiting.body.serviceUnavailable?.message).toContain("Nothing has changed, and nothing will.");
    expectUnavailable(waiting);
    await sent;
  });

  it("returns 503 after DATABASE_TIMEOUT_MS without a response", async () => {
    const volume = await client.createVolume();
    service.proxy.fault = () => TOO_LATE;
    const { response } = await countExchanges(() => client.createTransfer(volume));
    expectUnavailable(response);
    expect(response.ms).toBeGreaterThanOrEqual(TIMEOUT_MS - 10);
    expect(response.ms).toBeLessThan(TOO_LATE.delayMs);
  });
});

it("lost and late exchanges leave the database consistent", async () => {
  await service.proxy.untilIdle();
  await expectConsistent(service);
});
