import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { checkDatabase } from "../../../src/cli/fsck/check_database.ts";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { type LibsqlServer, startLibsql } from "../../support/libsql.ts";
import { memoryMb } from "../../support/process_stats.ts";
import type { RestartableServer } from "../../support/restartable_server.ts";
import { median } from "../../support/statistics.ts";
import { mountTmpfs, type Tmpfs } from "../../support/tmpfs.ts";
import { NO_QUOTA, startWorker } from "../../support/worker.ts";
import { blockWrites } from "./block_writes.ts";
import { durationSeconds } from "./duration.ts";
import { LoadGenerator } from "./load/load_generator.ts";
import { mixedLoad } from "./load/mixed_load.ts";
import { completed, formatStatuses, latency } from "./load/results.ts";

/** How long the latency is measured before and during a fault, in each round. */
const SECONDS = durationSeconds("FAULTS_REGION_SECONDS", 8);
/** The rate of requests in each region, well below the capacity. */
const PER_SECOND = 40;
/** The p99 of a region while another is away, relative to the p99 before. */
const LIMIT = 1.5;
/** A busy machine disturbs single rounds: the limit is for their median. */
const [MIN_ROUNDS, MAX_ROUNDS] = [3, 9];
/** How much the memory of the Worker may grow while a region is away, MB. Requests that wait take some. */
const MEMORY_ALLOWANCE_MB = 75;
const VOLUMES = 100;
/** The size of the disk, MB. sqld keeps a log for replicas, of at most 200 MB, and a copy of it while it compacts it. */
const DISK_MB = 700;
/** A limit that only a service in error reaches. */
const WAIT = { timeout: 60_000, interval: 100 };

let disk: Tmpfs | undefined;
let fullReason = "";
let eu: LibsqlServer;
let us: LibsqlServer;
let worker: RestartableServer;
let inEu: LoadGenerator;
let inUs: LoadGenerator;

beforeAll(async () => {
  const mounted = mountTmpfs(DISK_MB);
  if ("unavailable" in mounted) fullReason = mounted.unavailable;
  else disk = mounted;
  [eu, us] = await Promise.all([
    startLibsql(disk === undefined ? {} : { folder: `${disk.folder}/sqld` }),
    startLibsql(),
  ]);
  const variables = {
    ...NO_QUOTA,
    AUTH_STRATEGY: "noauth",
    REGIONS: "eu us",
    LIBSQL_URL_EU: eu.url,
    LIBSQL_URL_US: us.url,
  };
  worker = await startWorker(inject("builtWorker"), variables, { quiet: true });
  const [euLoad, usLoad] = await Promise.all(
    ["eu", "us"].map((region) => mixedLoad(`${worker.url}/${region}`, VOLUMES)),
  );
  if (euLoad === undefined || usLoad === undefined) throw new Error("there is no load");
  inEu = new LoadGenerator(`${worker.url}/eu`, euLoad);
  inUs = new LoadGenerator(`${worker.url}/us`, usLoad);
  await loadBoth(2);
});
afterAll(async () => {
  inEu?.close();
  inUs?.close();
  await worker?.kill();
  await Promise.all([eu?.stop(), us?.stop()]);
  disk?.unmount();
});

/** Sends requests at a constant rate to both regions. */
async function loadBoth(seconds: number) {
  const [{ results: ofEu }, { results: ofUs }] = await Promise.all([
    inEu.openLoop(PER_SECOND, seconds),
    inUs.openLoop(PER_SECOND, seconds),
  ]);
  return { ofEu, ofUs };
}

async function untilReady(region: string): Promise<void> {
  await expect.poll(async () => (await fetch(`${worker.url}/${region}/readyz`)).status, WAIT).toBe(200);
}

/** A fault of the region `eu`, and its end. */
interface Fault {
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
  readonly skip?: () => string;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  killed: { begin: () => eu.server.kill(), end: () => eu.server.start() },
  hung: {
    begin: async () => eu.server.process.signal("SIGSTOP"),
    end: async () => eu.server.process.signal("SIGCONT"),
  },
  "on a full disk": {
    begin: async () => disk?.fill(),
    end: async () => disk?.free(),
    skip: () => fullReason,
  },
  "read-only": {
    begin: () => blockWrites(eu.adminUrl, true),
    end: () => blockWrites(eu.adminUrl, false),
  },
};

describe.each(Object.entries(FAULTS))("while the sqld of eu is %s", (name, { begin, end, skip }) => {
  it("the region us keeps its latency, and the Worker its memory", {
    timeout: (MAX_ROUNDS * (2 * SECONDS + 40) + 60) * 1000,
  }, async (context) => {
    const reason = skip?.() ?? "";
    if (reason !== "") {
      console.warn(`skipped: ${reason}`);
      return context.skip(reason);
    }
    const ratios: number[] = [];
    const before = memoryMb(worker.process.pid).now;
    let during = 0;
    while (ratios.length < MIN_ROUNDS || (median(ratios) > LIMIT && ratios.length < MAX_ROUNDS)) {
      const healthy = await loadBoth(SECONDS);
      await begin();
      const faulty = await loadBoth(SECONDS);
      during = memoryMb(worker.process.pid).now;
      await end();
      await untilReady("eu");
      // Requests that have timed out may still be on their way to the database.
      await sleep(500);
      const [p99, faultyP99] = [latency(healthy.ofUs, 0.99), latency(faulty.ofUs, 0.99)];
      ratios.push(faultyP99 / p99);
      console.log(
        `${name}: us p99 ${p99.toFixed(0)} ms, then ${faultyP99.toFixed(0)} ms; eu ${formatStatuses(faulty.ofEu)}`,
      );
      expect(completed(healthy.ofEu)).toBe(healthy.ofEu.length);
      expect(completed(faulty.ofUs)).toBe(faulty.ofUs.length);
      expect(completed(faulty.ofEu)).toBeLessThan(faulty.ofEu.length);
    }
    console.log(
      `${name}: p99 × ${median(ratios).toFixed(2)}; workerd ${before.toFixed(0)} MB, then ${during.toFixed(0)} MB`,
    );
    expect(median(ratios)).toBeLessThanOrEqual(LIMIT);
    expect(during).toBeLessThan(before + MEMORY_ALLOWANCE_MB);
  });
});

it("leaves both databases consistent", async () => {
  for (const { url } of [eu, us]) {
    const { violations, notices } = await checkDatabase(
      { kind: "libsql", url, authToken: undefined },
      new Processes(() => {}),
    );
    expect([violations, notices]).toEqual([[], []]);
  }
});
