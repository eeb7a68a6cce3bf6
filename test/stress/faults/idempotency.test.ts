import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "../../support/client.ts";
import type { DatabaseProxy, ExchangeFault } from "../../support/proxy.ts";
import { type Deployment, deploy, expectConsistent } from "./deployment.ts";
import { expectUnavailable } from "./expect_unavailable.ts";
import { tolerantClient } from "./tolerant_client.ts";

/** Injects a fault into every write, also into those that ask what has happened. */
const everyWrite =
  (fault: ExchangeFault): DatabaseProxy["fault"] =>
  (kind) =>
    kind === "write" ? fault : undefined;

let service: Deployment;
let donor: Client;
let recipient: Client;
let stranger: Client;
beforeAll(async () => {
  service = await deploy({ variables: { DATABASE_TIMEOUT_MS: "1000" } });
  donor = tolerantClient(service.worker.url, "donor");
  recipient = tolerantClient(service.worker.url, "recipient");
  stranger = tolerantClient(service.worker.url, "stranger");
});
afterEach(() => {
  service.proxy.fault = () => undefined;
});
afterAll(() => service.stop());

describe("an accept whose response was lost between the database and the Worker", () => {
  it("returns the same 202 when the project repeats it with its Idempotency-Key and auth_key", async () => {
    const transfer = await donor.createVolumeAndTransfer({}, 1);
    service.proxy.fault = everyWrite("response lost");
    expectUnavailable(await recipient.accept(transfer, "key-1"));
    service.proxy.fault = () => undefined;
    const repeated = await recipient.accept(transfer, "key-1");
    expect(repeated.status).toBe(202);
    const { id, volume_id } = transfer;
    expect(repeated.body.transfer).toMatchObject({ id, volume_id });
    expect((await recipient.accept(transfer, "key-1")).body).toEqual(repeated.body);
    for (const refused of [
      await recipient.accept(transfer),
      await recipient.accept(transfer, "key-2"),
      await stranger.accept(transfer, "key-1"),
      await recipient.accept({ id, auth_key: "0000000000000000" }, "key-1"),
    ]) {
      expect(refused.status).toBe(404);
    }
    expect((await recipient.get(`volumes/${volume_id}`)).status).toBe(200);
  });

  it("returns 404 when it is repeated without an Idempotency-Key, although it took effect", async () => {
    const transfer = await donor.createVolumeAndTransfer({}, 1);
    service.proxy.fault = everyWrite("response lost");
    expectUnavailable(await recipient.accept(transfer));
    service.proxy.fault = () => undefined;
    const repeated = await recipient.accept(transfer);
    expect(repeated.status).toBe(404);
    expect(repeated.body.itemNotFound?.code).toBe(404);
    expect((await recipient.get(`volumes/${transfer.volume_id}`)).status).toBe(200);
  });
});

it("an accept whose request was lost takes effect when it is repeated", async () => {
  const transfer = await donor.createVolumeAndTransfer({}, 1);
  service.proxy.fault = everyWrite("request lost");
  expectUnavailable(await recipient.accept(transfer, "key-3"));
  service.proxy.fault = () => undefined;
  const { volume } = (await donor.get(`volumes/${transfer.volume_id}`)).body;
  expect(volume?.status).toBe("awaiting-transfer");
  expect((await recipient.accept(transfer, "key-3")).status).toBe(202);
});

it("an accept whose client has hung up takes effect, and can be repeated with its Idempotency-Key", async () => {
  const transfer = await donor.createVolumeAndTransfer({}, 1);
  const hangUp = new AbortController();
  service.proxy.fault = () => {
    hangUp.abort();
    return { delayMs: 100 };
  };
  const impatient = tolerantClient(recipient.url, recipient.project, hangUp.signal);
  expect((await impatient.accept(transfer, "key-4")).status).toBe(0);
  service.proxy.fault = () => undefined;
  await service.proxy.untilIdle();
  expect((await recipient.get(`volumes/${transfer.volume_id}`)).status).toBe(200);
  expect((await recipient.accept(transfer, "key-4")).status).toBe(202);
});

it("lost and late exchanges leave the database consistent", async () => {
  await service.proxy.untilIdle();
  await expectConsistent(service);
});
