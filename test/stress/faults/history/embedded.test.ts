import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "libsql";
import { afterEach, expect, it } from "vitest";
import { checkDatabase } from "../../../../src/cli/fsck/check_database.ts";
import { Processes } from "../../../../src/cli/processes/processes.ts";
import { database } from "../../../../src/db/engine/database.ts";
import { sweep } from "../../../../src/transfers/sweep.ts";
import { type CommandService, startCommand } from "../../../support/command.ts";
import { configurationOn } from "../../../support/file_config.ts";
import { freePort } from "../../../support/free_port.ts";
import { mountTmpfs, type Tmpfs } from "../../../support/tmpfs.ts";
import { NO_QUOTA } from "../../../support/worker.ts";
import { durationSeconds } from "../duration.ts";
import { checkHistory } from "./checker.ts";
import { readTables } from "./read_tables.ts";
import { isExpired } from "./tables.ts";
import { UNLIMITED_ATTEMPTS, Workload, WRITE_KINDS } from "./workload.ts";

/** How long the faults go on. Every fault is injected at least once. */
const MIN_SECONDS = durationSeconds("FAULTS_SECONDS", 60);
const DATABASE_TIMEOUT_MS = 1000;

let running: CommandService | undefined;
let disk: Tmpfs | undefined;
afterEach(async () => {
  await running?.stop("SIGKILL");
  disk?.unmount();
});

it("keeps a linearizable history of npm run serve with 20 clients, 200 volumes and 10 projects under every fault", {
  timeout: (MIN_SECONDS + 600) * 1000,
}, async () => {
  const mounted = mountTmpfs(300);
  if ("unavailable" in mounted) console.warn(`without a full disk: ${mounted.unavailable}`);
  else disk = mounted;
  const DATA_DIR = disk?.folder ?? mkdtempSync(path.join(tmpdir(), "volume-transfers-faults-"));
  const file = path.join(DATA_DIR, "volume-transfers.db");
  const env = {
    ...NO_QUOTA,
    ...UNLIMITED_ATTEMPTS,
    DATA_DIR,
    PORT: String(await freePort()),
    DATABASE_TIMEOUT_MS: String(DATABASE_TIMEOUT_MS),
  };
  const start = async () => {
    running = await startCommand("serve", env);
    return running;
  };
  const { url } = await start();
  const sweeper = database(configurationOn(file));
  const workload = new Workload({
    urls: [url],
    clients: 20,
    volumes: 200,
    projects: 10,
    // Another process that writes to the file, as commands do.
    sweep: () => sweep(sweeper, { historyRetentionMs: 0, events: { recorded: true } }),
  });
  const felt = () => workload.untilFailed(5);
  const faults: Readonly<Record<string, () => Promise<unknown>>> = {
    "kill -9": async () => {
      await running?.stop("SIGKILL");
      await felt();
      await start();
    },
    SIGTERM: async () => {
      expect(await running?.stop()).toBe(0);
      await start();
    },
    "the process is suspended": async () => {
      running?.process.signal("SIGSTOP");
      await sleep(2 * DATABASE_TIMEOUT_MS);
      running?.process.signal("SIGCONT");
    },
    "another process holds the lock": async () => {
      const other = new Database(file, { timeout: 10_000 });
      other.exec("begin immediate");
      await Promise.race([felt(), sleep(5 * DATABASE_TIMEOUT_MS)]);
      other.exec("rollback");
      other.close();
    },
    ...(disk !== undefined && {
      "the disk is full": async () => {
        disk?.fill();
        await felt();
        disk?.free();
      },
      "kill -9 while the disk is full": async () => {
        disk?.fill();
        await felt();
        await running?.stop("SIGKILL");
        disk?.free();
        await start();
      },
    }),
  };

  await workload.prepare();
  const libsql = { kind: "libsql", url: `file:${file}`, authToken: undefined } as const;
  const before = await readTables(libsql);
  const finished = workload.run();
  const end = performance.now() + MIN_SECONDS * 1000;
  let injected = 0;
  do {
    for (const [title, inject] of Object.entries(faults)) {
      try {
        await workload.untilAcknowledged(5);
        await inject();
      } catch (error) {
        throw new Error(`fault ${injected + 1}, ${title}`, { cause: error });
      }
      injected++;
    }
  } while (performance.now() < end || WRITE_KINDS.some((kind) => workload.count(kind, "unknown") === 0));
  await workload.untilAcknowledged(5);
  workload.stop();
  await finished;
  // A transaction that waited for the disk or the lock may still be on its way.
  expect(await running?.stop()).toBe(0);

  const after = await readTables(libsql);
  const { operations } = workload;
  console.log(`${injected} faults, ${operations.length} requests`);
  expect(checkHistory(before, operations, after)).toEqual([]);
  const { violations, notices } = await checkDatabase(libsql, new Processes(() => {}));
  expect([violations, notices]).toEqual([[], []]);
  expect(after.transfers.filter(isExpired)).not.toEqual([]);
  expect(operations.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
  if (disk === undefined) rmSync(DATA_DIR, { recursive: true });
});
