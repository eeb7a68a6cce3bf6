import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@libsql/client/http";
import { migrate } from "drizzle-orm/libsql/migrator";
import { drizzle } from "drizzle-orm/libsql/web";
import * as z from "zod";
import { supervise } from "../../../src/cli/processes/supervise.ts";
import { readWranglerConfig } from "../../../src/cli/servers/wrangler.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { database } from "../../../src/db/engine/database.ts";
import { sweep } from "../../../src/transfers/sweep.ts";
import { Client } from "../../support/client.ts";
import { runCommand } from "../../support/command.ts";
import { configuration } from "../../support/configuration.ts";
import { startLibsql } from "../../support/libsql.ts";
import { NO_QUOTA, startWorker } from "../../support/worker.ts";
import { buildWorker } from "../../support/workerd.ts";
import { fill } from "./fill.ts";
import { type Phase, writeReport } from "./report.ts";
import { type Gaps, Writers } from "./writers.ts";

// npm run test:big [-- TRANSFERS]: runs every command on a big database, all but the restore while clients write, and
// measures the gaps.

const DEFAULT_TRANSFERS = 5_000_000;
/** The longest time without an acknowledged write that a command may cause, milliseconds. */
const MAX_GAP_MS = 250;
const CLIENTS = 4;
const MANY_CLIENTS = 40;
const PERIOD_MS = 20_000;
/** Half of the closed transfers are older. */
const RETENTION_DAYS = "30";

const NO_LIMITS = { AUTH_STRATEGY: "noauth", ...NO_QUOTA };

const journal = z.looseObject({ entries: z.array(z.looseObject({ tag: z.string() })) });

await supervise("command", async (processes) => {
  const transfers = Number(process.argv[2] ?? DEFAULT_TRANSFERS);
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-big-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const phases: Phase[] = [];
  const measure = async (
    name: string,
    maxGapMs: number | undefined,
    run: () => Promise<Gaps | undefined>,
  ) => {
    const started = performance.now();
    const gaps = await run();
    const phase = { name, seconds: (performance.now() - started) / 1000, gaps, maxGapMs };
    phases.push(phase);
    console.log(JSON.stringify(phase));
  };

  const server = await startLibsql({
    folder: path.join(folder, "sqld"),
    migrate: (url) => migrateAllButLast(url, folder),
  });
  const bundle = { folder: await buildWorker(processes), config: await readWranglerConfig(processes) };
  await measure("fill", undefined, async () => void (await fill(server.url, transfers, console.log)));

  const LIBSQL_URL = server.url;
  const command = async (name: string, args: string[] = []) => {
    const { code, output } = await runCommand(name, args, { LIBSQL_URL });
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${output}`);
  };
  const sql = createClient({ url: LIBSQL_URL });
  const sqlWriter = new Writers(1, async () => {
    await sql.batch(["update volumes set updated_at = updated_at where seq = 1"], "write");
  });
  // One statement makes an index, and holds SQLite's lock meanwhile.
  await measure("migration", undefined, () => sqlWriter.during(() => command("migrate")));
  await sqlWriter.stop();

  const worker = await startWorker(bundle, { ...NO_LIMITS, LIBSQL_URL }, { quiet: true });
  const clients = await Promise.all(
    Array.from({ length: MANY_CLIENTS }, async () => {
      const client = new Client(worker.url);
      return { client, volume: await client.createVolume() };
    }),
  );
  const writers = (count: number) =>
    new Writers(count, async (i) => {
      const one = clients[i];
      if (one === undefined) throw new Error(`there is no client ${i}`);
      const { body } = await one.client.createTransfer(one.volume);
      await one.client.delete(`volume-transfers/${body.transfer.id}`);
    });
  const few = writers(CLIENTS);
  const backup = path.join(folder, "backup.sql");
  await measure("nothing else", MAX_GAP_MS, () => few.during(() => sleep(PERIOD_MS)));
  await measure("fsck", MAX_GAP_MS, () => few.during(() => command("fsck")));
  await measure("backup", MAX_GAP_MS, () => few.during(() => command("backup", [backup])));
  const swept = { deleted: 0 };
  await measure("retention", MAX_GAP_MS, () =>
    few.during(async () => {
      const config = configuration({ ...NO_LIMITS, LIBSQL_URL, HISTORY_RETENTION_DAYS: RETENTION_DAYS });
      const end = performance.now() + PERIOD_MS;
      while (performance.now() < end) swept.deleted += (await sweep(database(config), config)).deleted;
    }),
  );
  await few.stop();
  const many = writers(MANY_CLIENTS);
  await measure(`${MANY_CLIENTS} writers`, MAX_GAP_MS, () => many.during(() => sleep(PERIOD_MS)));
  await many.stop();
  await worker.kill();
  await server.stop();

  const target = await startLibsql({ folder: path.join(folder, "restored") });
  await measure("restore, and fsck", undefined, async () => {
    const { code, output } = await runCommand("restore", [backup], { LIBSQL_URL: target.url });
    if (code !== 0) throw new Error(`restore ended with ${code}: ${output}`);
    return undefined;
  });
  await target.stop();

  const bytes = statSync(backup).size;
  const missed = writeReport(
    { transfers, deleted: swept.deleted, bytes, phases },
    process.argv[2] === undefined,
  );
  if (missed.length > 0)
    throw new Error(`the longest gap was over ${MAX_GAP_MS} ms in: ${missed.join(", ")}`);
});

/** Applies the migrations of the version before. */
async function migrateAllButLast(url: string, folder: string): Promise<void> {
  const migrationsFolder = path.join(folder, "migrations");
  cpSync(path.join(projectFolder, "drizzle"), migrationsFolder, { recursive: true });
  const file = path.join(migrationsFolder, "meta/_journal.json");
  const { entries, ...rest } = journal.parse(JSON.parse(readFileSync(file, "utf8")));
  writeFileSync(file, JSON.stringify({ ...rest, entries: entries.slice(0, -1) }));
  await migrate(drizzle({ connection: { url } }), { migrationsFolder });
}
