import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkDatabase } from "../../src/cli/fsck/check_database.ts";
import { Processes } from "../../src/cli/processes/processes.ts";
import { freePort, serverUrl } from "../../src/cli/servers/ready.ts";
import { service } from "../service/setup.ts";
import { check } from "./history/checker.ts";
import { readTables } from "./history/read_tables.ts";
import { Workload } from "./history/workload.ts";

// What applies to D1: it and the Worker are one process on this machine, so there is no way between them to cut.

const WITHOUT_LIMITS = { QUOTA_VOLUMES: "-1", QUOTA_GIGABYTES: "-1", QUOTA_SNAPSHOTS: "-1" };

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "volume-transfers-faults-"));
});
afterAll(() => rm(folder, { recursive: true }));

it("kill -9 of npm start amid requests, three times: some order explains every answer", {
  timeout: 180_000,
}, async () => {
  const database = { kind: "local D1", folder } as const;
  const port = await freePort();
  const start = () => service("start", { DATA_DIR: folder, PORT: String(port), ...WITHOUT_LIMITS });
  let running = await start();
  try {
    const urls = [serverUrl("127.0.0.1", port)];
    const workload = new Workload({ urls, clients: 20, volumes: 100, projects: 10 });
    await workload.prepare();
    const before = await readTables(database);
    const working = workload.run();
    for (let time = 0; time < 3; time++) {
      await sleep(3000);
      await running.stop("SIGKILL");
      running = await start();
    }
    await sleep(3000);
    workload.stop();
    await working;

    const { operations } = workload;
    const after = await readTables(database);
    // `npm start` has volumes of its own for the demo.
    const ours = new Set(before.volumes.map(({ id }) => id));
    expect(ours.size).toBeGreaterThanOrEqual(100);
    expect(check(before, operations, after)).toEqual([]);
    const processes = new Processes((failure) => console.error(failure.message));
    const { violations, notices } = await checkDatabase(database, processes);
    await processes.stop();
    expect([violations, notices]).toEqual([[], []]);
    expect(operations.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
    const accepts = operations.filter(({ kind }) => kind === "accept");
    expect(accepts.filter(({ outcome }) => outcome === "done").length).toBeGreaterThan(20);
    expect(accepts.filter(({ outcome }) => outcome === "unknown").length).toBeGreaterThan(0);
  } finally {
    await running.stop();
  }
});
