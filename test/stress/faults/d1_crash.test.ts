import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkDatabase } from "../../../src/cli/fsck/check_database.ts";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { freePort, serverUrl } from "../../../src/cli/servers/ready.ts";
import { startCommand } from "../../support/command.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { checkHistory } from "./history/checker.ts";
import { readTables } from "./history/read_tables.ts";
import { UNLIMITED_ATTEMPTS, Workload } from "./history/workload.ts";

// On this machine D1 and the Worker are one process. There is no connection between them to cut.

const KILLS = 3;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "volume-transfers-faults-"));
});
afterAll(() => rm(folder, { recursive: true }));

it("keeps a linearizable history on D1 when npm run dev is killed three times under load", {
  timeout: 600_000,
}, async () => {
  const database = { kind: "local D1", folder } as const;
  const port = await freePort();
  const env = { DATA_DIR: folder, PORT: String(port), ...NO_QUOTA, ...UNLIMITED_ATTEMPTS };
  const start = () => startCommand("dev", env);
  let running = await start();
  try {
    const url = serverUrl("127.0.0.1", port);
    const workload = new Workload({
      urls: [url],
      clients: 20,
      volumes: 100,
      projects: 10,
      // wrangler dev runs the cron trigger on request.
      sweep: () => fetch(`${url}/cdn-cgi/local/scheduled`),
    });
    await workload.prepare();
    const before = await readTables(database);
    const finished = workload.run();
    for (let kill = 0; kill < KILLS; kill++) {
      await workload.untilAcknowledged(10);
      await running.stop("SIGKILL");
      await workload.untilFailed(1);
      running = await start();
    }
    await workload.untilAcknowledged(10);
    workload.stop();
    await finished;

    const { operations } = workload;
    const after = await readTables(database);
    expect(checkHistory(before, operations, after)).toEqual([]);
    const processes = new Processes((failure) => console.error(failure.message));
    const { violations, notices } = await checkDatabase(database, processes);
    await processes.stop();
    expect([violations, notices]).toEqual([[], []]);
    expect(operations.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
  } finally {
    await running.stop();
  }
});
