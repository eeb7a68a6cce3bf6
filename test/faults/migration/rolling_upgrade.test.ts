import { afterEach, describe, expect, inject, it } from "vitest";
import { type Deployment, expectConsistent } from "../deployment.ts";
import { checkHistory } from "../history/checker.ts";
import { readTables } from "../history/read_tables.ts";
import { Workload } from "../history/workload.ts";
import { deployPreviousVersion, migrate, unavailable } from "./previous_version.ts";

let service: Deployment | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});

describe.skipIf(unavailable !== undefined)("an upgrade through migration 0002 under load", () => {
  it("keeps a linearizable history while the old Worker, both and the new Worker serve requests", {
    timeout: 600_000,
  }, async () => {
    service = await deployPreviousVersion();
    const urls = [service.worker.url];
    // The old Worker does not know the extensions.
    const workload = new Workload({ urls, clients: 20, volumes: 100, projects: 10, extensions: false });
    await workload.prepare();
    const before = await readTables(service.database);
    const finished = workload.run();
    await workload.untilAcknowledged(20);
    await migrate(service.sqld.url);
    const migrated = performance.now();
    await workload.untilAcknowledged(20);
    const newWorker = await service.addWorker(inject("builtWorker"));
    urls.push(newWorker.url);
    await workload.untilAcknowledged(40);
    urls.shift();
    await workload.untilAcknowledged(20);
    workload.stop();
    await finished;
    await service.proxy.untilIdle();

    const { operations } = workload;
    const after = await readTables(service.database);
    expect(checkHistory(before, operations, after)).toEqual([]);
    await expectConsistent(service);
    // Requests may fail during the migration itself. After it, the old Worker returns 500 in the rare case that the
    // new one holds the lock; the new Worker retries.
    const later = operations.filter(({ invoked }) => invoked > migrated);
    const failed = later.filter(({ status }) => status >= 500);
    expect(failed.length).toBeLessThan(later.length / 100);
  });
});
