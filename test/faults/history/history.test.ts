import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { type Deployment, deploy } from "../deployment.ts";
import { seconds } from "../duration.ts";
import { type SmallDisk, smallDisk } from "../tmpfs.ts";
import { check } from "./checker.ts";
import { type Strike, strikes } from "./fault_injection.ts";
import { readTables } from "./read_tables.ts";
import { Workload } from "./workload.ts";

// Many clients, all faults, and afterwards the proof that nothing was lost, doubled or torn.

const DURATION_S = seconds("FAULTS_SECONDS", 60);

let service: Deployment | undefined;
let disk: SmallDisk | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
  disk?.remove();
  disk = undefined;
});

/** Strikes with one fault after another, evenly over the duration, and repairs what each has broken. */
async function strikeAll(service: Deployment, all: readonly Strike[]): Promise<void> {
  const gap = (DURATION_S * 1000) / (all.length + 1);
  for (const { title, strike } of all) {
    await sleep(gap / 2);
    console.log(`fault: ${title}`);
    await strike(service, gap / 2);
  }
  await sleep(gap);
}

it("20 clients, 200 volumes, 10 projects, every fault: some order explains every answer", {
  timeout: (DURATION_S + 120) * 1000,
}, async () => {
  const made = smallDisk(700);
  if ("missing" in made) console.warn(`without a full disk: ${made.missing}`);
  else disk = made;
  service = await deploy({
    variables: { DATABASE_TIMEOUT_MS: "1000" },
    ...(disk !== undefined && { data: disk.folder }),
  });
  const workload = new Workload({ urls: [service.worker.url], clients: 20, volumes: 200, projects: 10 });
  await workload.prepare();
  const before = await readTables(service.database);

  const working = workload.run();
  await strikeAll(service, strikes(disk));
  workload.stop();
  await working;
  // What was sent to sqld, and whose answer nobody waited for, is done by now.
  await sleep(1000);

  const after = await readTables(service.database);
  const { operations } = workload;
  const count = (outcome: string, kind: string) =>
    operations.filter((o) => o.outcome === outcome && o.kind === kind).length;
  for (const kind of ["offer", "accept", "delete", "read volume", "read offer"]) {
    console.log(
      `${kind}: ${count("done", kind)} done, ${count("refused", kind)} refused, ${count("unknown", kind)} unknown`,
    );
  }
  expect(check(before, operations, after)).toEqual([]);
  const { violations, notices } = await service.check();
  expect([violations, notices]).toEqual([[], []]);

  // That nothing is wrong says little where nothing has happened.
  expect(operations.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
  for (const kind of ["offer", "accept", "delete"]) {
    expect(count("done", kind), kind).toBeGreaterThan(DURATION_S);
    expect(count("unknown", kind), kind).toBeGreaterThan(0);
  }
});
