import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, describe, expect, inject, it } from "vitest";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import { Client } from "./client.ts";
import { type Deployment, deploy } from "./deployment.ts";
import { check } from "./history/checker.ts";
import { readTables } from "./history/read_tables.ts";
import { Workload } from "./history/workload.ts";
import { Program } from "./program.ts";
import type { DatabaseProxy } from "./proxy.ts";

// From the Worker and the tables before migration 0002 to those of today.

const before = inject("before");
if ("missing" in before) console.warn(`skipped: ${before.missing}`);

const run = promisify(execFile);

let service: Deployment | undefined;
afterEach(async () => {
  await service?.stop();
  service = undefined;
});

async function startBefore(): Promise<Deployment> {
  if ("missing" in before) throw new Error(before.missing);
  service = await deploy({ version: before });
  return service;
}

const migrateCommand = (url: string) => ({
  title: "migrate",
  file: process.execPath,
  args: ["src/cli/commands/migrate.ts"],
  cwd: projectFolder,
  env: { LIBSQL_URL: url },
});

/** `npm run migrate`, to its end; throws if it fails. */
async function migrate(url: string): Promise<void> {
  const { file, args, cwd, env } = migrateCommand(url);
  await run(file, args, { cwd, env: { ...process.env, ...env } });
}

async function expectClean({ check }: Deployment) {
  const { violations, notices } = await check();
  expect([violations, notices]).toEqual([[], []]);
}

describe.skipIf("missing" in before)("migration 0002", () => {
  it("under load: the Worker before it, both, and the Worker of today, on one database", {
    timeout: 120_000,
  }, async () => {
    const service = await startBefore();
    const urls = [service.worker.url];
    // What only one of the two knows is no part of this.
    const workload = new Workload({ urls, clients: 20, volumes: 100, projects: 10, idempotency: false });
    await workload.prepare();
    const tablesBefore = await readTables(service.database);
    const working = workload.run();
    await sleep(3000);
    await migrate(service.sqld.url);
    const migrated = performance.now();
    await sleep(3000);
    const today = await service.anotherWorker(inject("bundle"));
    urls.push(today.url);
    await sleep(6000);
    urls.shift();
    await sleep(3000);
    workload.stop();
    await working;

    const { operations } = workload;
    const after = await readTables(service.database);
    expect(check(tablesBefore, operations, after)).toEqual([]);
    await expectClean(service);
    // But for the moment of the migration itself they answer. The Worker before it says 500 where the other holds the
    // lock just then; the one of today asks again.
    const failed = operations.filter(({ status, invoked }) => status >= 500 && invoked > migrated);
    expect(failed.length).toBeLessThan(operations.length / 100);
    expect(
      operations.filter(({ kind, outcome }) => kind === "accept" && outcome === "done").length,
    ).toBeGreaterThan(50);
  });

  /** At the nth exchange of the migration with the database. */
  const at =
    (n: number, happens: () => ReturnType<DatabaseProxy["fault"]>): DatabaseProxy["fault"] =>
    () =>
      --n === 0 ? happens() : undefined;

  describe.each([1, 2, 3])("interrupted at exchange %i", (exchange) => {
    it.each<[string, (service: Deployment, command: () => Program) => ReturnType<DatabaseProxy["fault"]>]>([
      ["the request is lost", () => "request lost"],
      ["the answer is lost", () => "answer lost"],
      [
        "kill -9 of the command before the answer",
        (_service, command) => {
          void command().kill();
          return { delayMs: 100 };
        },
      ],
      [
        "kill -9 of sqld at once",
        ({ sqld }) => {
          void sqld.kill();
          return undefined;
        },
      ],
      [
        "kill -9 of sqld a few milliseconds later",
        ({ sqld }) => {
          setTimeout(() => void sqld.kill(), 1 + Math.random() * 10);
          return undefined;
        },
      ],
    ])("%s: run again, it is done, and all data is there", async (_what, interrupt) => {
      const service = await startBefore();
      const alpha = new Client(service.worker.url, "alpha");
      const beta = new Client(service.worker.url, "beta");
      const offers = await Promise.all(Array.from({ length: 10 }, () => alpha.offered()));
      for (const offer of offers.slice(0, 5)) expect((await beta.accept(offer)).status).toBe(202);
      const { volumes, snapshots, transfers } = await readTables(service.database);

      const command = new Program(migrateCommand(service.proxy.url));
      let struck = false;
      service.proxy.fault = at(exchange, () => {
        struck = true;
        return interrupt(service, () => command);
      });
      await command.ended();
      expect(struck).toBe(true);
      service.proxy.fault = () => undefined;
      if (!service.sqld.program.running) await service.sqld.start();

      await migrate(service.sqld.url);
      const after = await readTables(service.database);
      expect(after).toMatchObject({ volumes, snapshots, transfers });
      const today = await service.anotherWorker(inject("bundle"));
      for (const offer of offers.slice(5)) {
        expect((await new Client(today.url, "beta").accept(offer, "a-key")).status).toBe(202);
      }
      await expectClean(service);
    });
  });
});
