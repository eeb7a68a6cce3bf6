import { afterEach, expect, it } from "vitest";
import type { Client, ServiceResponse, Transfer } from "../../support/client.ts";
import { type Deployment, deploy, expectConsistent } from "./deployment.ts";
import { expectUnavailable } from "./expect_unavailable.ts";
import { tolerantClient } from "./tolerant_client.ts";
import { untilStatus } from "./until_status.ts";

const TIMEOUT_MS = 1000;

let service: Deployment | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});

async function start() {
  service = await deploy({ variables: { DATABASE_TIMEOUT_MS: String(TIMEOUT_MS) } });
  const donor = tolerantClient(service.worker.url, "donor");
  const recipient = tolerantClient(service.worker.url, "recipient");
  return { service, donor, recipient };
}

interface Accepts {
  readonly transfers: readonly Transfer[];
  /** The responses, in the order of the transfers. */
  readonly responses: readonly ServiceResponse[];
}

/** Creates transfers, accepts all of them at once, and crashes a server after the first response. */
async function crashDuringAccepts(
  donor: Client,
  recipient: Client,
  crash: () => Promise<void>,
): Promise<Accepts> {
  const transfers = await Promise.all(Array.from({ length: 40 }, () => donor.createVolumeAndTransfer({}, 1)));
  const accepts = transfers.map((transfer) => recipient.accept(transfer, transfer.id));
  await Promise.race(accepts);
  await crash();
  return { transfers, responses: await Promise.all(accepts) };
}

/** Asserts that each acknowledged accept took effect, and repeats the others with their Idempotency-Keys. */
async function expectAllAccepted({ transfers, responses }: Accepts, recipient: Client): Promise<void> {
  for (const [i, transfer] of transfers.entries()) {
    if (responses[i]?.status === 202) {
      expect((await recipient.get(`volumes/${transfer.volume_id}`)).status).toBe(200);
    } else {
      expect((await recipient.accept(transfer, transfer.id)).status).toBe(202);
    }
  }
  expect((await recipient.get("volumes")).body.volumes).toHaveLength(transfers.length);
}

it("keeps acknowledged accepts after kill -9 of workerd, and takes the others again", async () => {
  const { service, donor, recipient } = await start();
  const accepts = await crashDuringAccepts(donor, recipient, () => service.worker.kill());
  const statuses = accepts.responses.map(({ status }) => status);
  expect(statuses).toContain(202);
  expect(statuses).toContain(0);
  await service.worker.start();
  await service.proxy.untilIdle();
  await expectAllAccepted(accepts, recipient);
  await expectConsistent(service);
});

it("returns 503 after kill -9 of sqld, and keeps acknowledged accepts after its restart", async () => {
  const { service, donor, recipient } = await start();
  const accepts = await crashDuringAccepts(donor, recipient, () => service.sqld.kill());
  const failed = accepts.responses.filter(({ status }) => status !== 202);
  expect(failed.length).toBeGreaterThan(0);
  failed.forEach(expectUnavailable);
  expectUnavailable(await donor.get("volumes"));
  expectUnavailable(await donor.createTransfer(accepts.transfers[0]?.volume_id ?? ""));
  await service.sqld.start();
  await expectAllAccepted(accepts, recipient);
  await expectConsistent(service);
});

it("returns 503 within DATABASE_TIMEOUT_MS while sqld hangs, and recovers by itself", async () => {
  const { service, donor } = await start();
  const volume = await donor.createVolume();
  service.sqld.process.signal("SIGSTOP");
  const responses = await Promise.all([donor.get("volumes"), donor.createTransfer(volume)]);
  for (const response of responses) {
    expectUnavailable(response);
    expect(response.ms).toBeGreaterThanOrEqual(TIMEOUT_MS - 10);
  }
  service.sqld.process.signal("SIGCONT");
  await untilStatus(200, () => donor.get("volumes"));
  await service.proxy.untilIdle();
  // sqld may have received the write before it hung, and executes it now, although it was not acknowledged.
  const { transfers } = (await donor.get(`volume-transfers?volume_id=${volume}`)).body;
  expect((await donor.createTransfer(volume)).status).toBe(transfers?.length === 1 ? 400 : 202);
  await expectConsistent(service);
});
