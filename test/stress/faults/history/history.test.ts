import { afterEach, expect, it } from "vitest";
import { database } from "../../../../src/db/engine/database.ts";
import { sweep } from "../../../../src/transfers/sweep.ts";
import { configuration } from "../../../support/configuration.ts";
import { mountTmpfs, type Tmpfs } from "../../../support/tmpfs.ts";
import { type Deployment, deploy, expectConsistent } from "../deployment.ts";
import { durationSeconds } from "../duration.ts";
import { checkHistory } from "./checker.ts";
import { faults } from "./fault_injection.ts";
import type { Outcome } from "./operations.ts";
import { readTables } from "./read_tables.ts";
import { isExpired, type Tables } from "./tables.ts";
import { UNLIMITED_ATTEMPTS, Workload, WRITE_KINDS } from "./workload.ts";

/** How long the faults go on. Every fault is injected at least once. */
const MIN_SECONDS = durationSeconds("FAULTS_SECONDS", 60);

let service: Deployment | undefined;
let disk: Tmpfs | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
  disk?.unmount();
  disk = undefined;
});

it("keeps a linearizable history with 20 clients, 200 volumes and 10 projects under every fault", {
  timeout: (MIN_SECONDS + 600) * 1000,
}, async () => {
  const mounted = mountTmpfs(700);
  if ("unavailable" in mounted) console.warn(`without a full disk: ${mounted.unavailable}`);
  else disk = mounted;
  service = await deploy({
    variables: { DATABASE_TIMEOUT_MS: "1000", ...UNLIMITED_ATTEMPTS },
    ...(disk !== undefined && { databaseFolder: disk.folder }),
  });
  const sweeper = database(configuration({ AUTH_STRATEGY: "noauth", LIBSQL_URL: service.proxy.url }));
  const workload = new Workload({
    urls: [service.worker.url],
    clients: 20,
    volumes: 200,
    projects: 10,
    sweep: () => sweep(sweeper, { historyRetentionMs: 0, events: { recorded: true } }),
  });
  await workload.prepare();
  const before = await readTables(service.database);

  const running = workload.run();
  const injected = await injectFaults(service, workload);
  workload.stop();
  await running;
  // sqld may still execute a write whose client has hung up.
  await service.proxy.untilIdle();

  const after = await readTables(service.database);
  const { operations } = workload;
  console.log(`${injected} faults\n${summarize(workload, after)}`);
  expect(checkHistory(before, operations, after)).toEqual([]);
  await expectConsistent(service);
  expect(after.transfers.filter(isExpired)).not.toEqual([]);
  expect(operations.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
});

/**
 * Injects every fault, one after the other, each while the service works and until writes have failed. Repeats this
 * until the time is over and writes of every kind have been lost: otherwise the history proves little.
 *
 * @returns how many faults were injected
 */
async function injectFaults(service: Deployment, workload: Workload): Promise<number> {
  let injected = 0;
  const end = performance.now() + MIN_SECONDS * 1000;
  const meaningful = () => WRITE_KINDS.every((kind) => workload.count(kind, "unknown") > 0);
  do {
    for (const { title, inject } of faults(disk)) {
      try {
        await workload.untilAcknowledged(5);
        await inject(service, () => workload.untilFailed(5));
      } catch (error) {
        throw new Error(`fault ${injected + 1}, ${title}`, { cause: error });
      }
      injected++;
    }
  } while (performance.now() < end || !meaningful());
  await workload.untilAcknowledged(5);
  return injected;
}

function summarize(workload: Workload, { transfers }: Tables): string {
  const outcomes: readonly Outcome[] = ["ok", "fail", "unknown"];
  const lines = WRITE_KINDS.map((kind) => {
    const counts = outcomes.map((outcome) => `${workload.count(kind, outcome)} ${outcome}`);
    return `${kind}: ${counts.join(", ")}`;
  });
  return [...lines, `expired transfers: ${transfers.filter(isExpired).length}`].join("\n");
}
