import { afterEach, describe, expect, inject, it } from "vitest";
import { type Deployment, expectConsistent } from "../deployment.ts";
import { checkHistory } from "../history/checker.ts";
import type { Operation } from "../history/operations.ts";
import { readTables } from "../history/read_tables.ts";
import { Workload } from "../history/workload.ts";
import { deployPreviousVersion, migrate, unavailable } from "./previous_version.ts";

let service: Deployment | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});

/** The clock of the history, milliseconds since the epoch. */
const now = (): number => performance.timeOrigin + performance.now();

/** Asserts that fewer than one of a hundred requests got a 5xx. */
function expectFewFailures(operations: readonly Operation[]): void {
  const failed = operations.filter(({ status }) => status >= 500);
  expect(failed.length).toBeLessThan(operations.length / 100);
}

// docs/reliability.md#versions-and-migrations describes the procedure. Side by side on one sqld the two Workers compete
// for its lock, which sqld then loses: the old one has no queue of writes.
describe.skipIf(unavailable !== undefined)("an upgrade through migration 0002 under load", () => {
  it("keeps a linearizable history if the old Worker serves during the migration, and stops before the new one", {
    timeout: 600_000,
  }, async () => {
    service = await deployPreviousVersion();
    const urls = [service.worker.url];
    // The old Worker does not know the extensions.
    const workload = new Workload({ urls, clients: 20, volumes: 100, projects: 10, extensions: false });
    await workload.prepare();
    const before = await readTables(service.database, { events: false });
    const finished = workload.run();
    await workload.untilAcknowledged(20);
    await migrate(service.sqld.url);
    const migrated = now();
    await workload.untilAcknowledged(20);
    const stopped = now();
    // Requests that are in flight get no response. Their outcome is unknown to the clients.
    await service.worker.kill();
    await service.sqld.kill();
    await service.sqld.start();
    const newWorker = await service.addWorker(inject("builtWorker"));
    urls.splice(0, 1, newWorker.url);
    const started = now();
    await workload.untilAcknowledged(40);
    workload.stop();
    await finished;
    await service.proxy.untilIdle();

    const { operations } = workload;
    const after = await readTables(service.database);
    expect(checkHistory(before, operations, after)).toEqual([]);
    await expectConsistent(service);
    // Requests may fail during the migration itself.
    expectFewFailures(operations.filter(({ invoked }) => invoked > migrated && invoked < stopped));
    expectFewFailures(operations.filter(({ invoked }) => invoked > started));
  });
});
