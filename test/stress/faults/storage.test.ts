import { createClient } from "@libsql/client/http";
import { afterEach, expect, it } from "vitest";
import { mountTmpfs, type Tmpfs } from "../../support/tmpfs.ts";
import { blockWrites } from "./block_writes.ts";
import { type Deployment, deploy, expectConsistent } from "./deployment.ts";
import { expectUnavailable } from "./expect_unavailable.ts";
import { tolerantClient } from "./tolerant_client.ts";

let service: Deployment | undefined;
let disk: Tmpfs | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
  disk?.unmount();
  disk = undefined;
});

async function start(databaseFolder?: string) {
  service = await deploy(databaseFolder === undefined ? {} : { databaseFolder });
  const donor = tolerantClient(service.worker.url, "donor");
  const recipient = tolerantClient(service.worker.url, "recipient");
  return { service, donor, recipient };
}

it("sqld writes ahead, and calls fsync at a checkpoint: synchronous=NORMAL", async () => {
  const { service } = await start();
  const client = createClient({ url: service.sqld.url });
  const [journalMode, synchronous] = await client.batch(
    ["pragma journal_mode", "pragma synchronous"],
    "read",
  );
  expect(journalMode?.rows[0]?.[0]).toBe("wal");
  const NORMAL = 1;
  expect(synchronous?.rows[0]?.[0]).toBe(NORMAL);
});

it("serves reads and returns 503 for writes while the database is read-only", async () => {
  const { service, donor, recipient } = await start();
  const transfer = await donor.createVolumeAndTransfer({}, 1);
  await blockWrites(service.adminUrl, true);
  expectUnavailable(await recipient.accept(transfer));
  expectUnavailable(await donor.delete(`volume-transfers/${transfer.id}`));
  expectUnavailable(await donor.createTransfer(transfer.volume_id));
  expect((await donor.get(`volume-transfers/${transfer.id}`)).status).toBe(200);
  await blockWrites(service.adminUrl, false);
  expect((await recipient.accept(transfer)).status).toBe(202);
  await expectConsistent(service);
});

it("serves reads and returns 503 for writes while the disk is full", async (context) => {
  const mounted = mountTmpfs(16);
  if ("unavailable" in mounted) {
    console.warn(`skipped: ${mounted.unavailable}`);
    return context.skip(mounted.unavailable);
  }
  disk = mounted;
  const { service, donor, recipient } = await start(mounted.folder);
  const [transfer, other] = [
    await donor.createVolumeAndTransfer({}, 1),
    await donor.createVolumeAndTransfer({}, 1),
  ];
  mounted.fill();
  for (let i = 0; i < 20; i++) expectUnavailable(await recipient.accept(transfer));
  expectUnavailable(await donor.delete(`volume-transfers/${transfer.id}`));
  expect((await donor.get(`volume-transfers/${transfer.id}`)).status).toBe(200);
  mounted.free();
  expect((await recipient.accept(transfer)).status).toBe(202);
  mounted.fill();
  await service.sqld.kill();
  mounted.free();
  await service.sqld.start();
  expect((await recipient.accept(other)).status).toBe(202);
  await expectConsistent(service);
});
