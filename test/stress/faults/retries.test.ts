import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Client, ServiceResponse } from "../../support/client.ts";
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
  it.each([
    ["request lost", 0],
    ["response lost", 1],
  ] as const)("is never retried after: %s", async (fault, transferCount) => {
    const volume = await client.createVolume();
    service.proxy.fault = firstExchanges(1, "write", fault);
    const { response, read, write } = await countExchanges(() => client.createTransfer(volume));
    expectUnavailable(response);
    expect([read, write]).toEqual([0, 1]);
    const { transfers } = (await client.get(`volume-transfers?volume_id=${volume}`)).body;
    expect(transfers).toHaveLength(transferCount);
  });

  it("returns 503 after DATABASE_TIMEOUT_MS without a response", async () => {
    const volume = await client.createVolume();
    service.proxy.fault = () => TOO_LATE;
    const { response, write } = await countExchanges(() => client.createTransfer(volume));
    expectUnavailable(response);
    expect(response.ms).toBeGreaterThanOrEqual(TIMEOUT_MS - 10);
    expect(response.ms).toBeLessThan(TOO_LATE.delayMs);
    expect(write).toBe(1);
  });
});

it("lost and late exchanges leave the database consistent", async () => {
  await service.proxy.untilIdle();
  await expectConsistent(service);
});
