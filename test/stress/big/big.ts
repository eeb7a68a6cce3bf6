import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { connect } from "../../../src/cli/database/libsql.ts";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { migrationsFolder } from "../../../src/cli/settings/settings.ts";
import { Connection } from "../../../src/host/connection.ts";
import { applyMigrations } from "../../../src/host/migrations.ts";
import { Client } from "../../support/client.ts";
import { runCommand, startCommand } from "../../support/command.ts";
import { freePort } from "../../support/free_port.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { fill } from "./fill.ts";
import { type Phase, writeReport } from "./report.ts";
import { type Gaps, Writers } from "./writers.ts";

const DEFAULT_TRANSFERS = 5_000_000;
/** The longest time without an acknowledged write that a command may cause, milliseconds. */
const MAX_GAP_MS = 250;
const CLIENTS = 4;
const MANY_CLIENTS = 40;
const PERIOD_MS = 20_000;
/** Half of the closed transfers are older. */
const RETENTION_DAYS = "30";

const journal = z.looseObject({ entries: z.array(z.looseObject({ tag: z.string() })) });

/**
 * Runs every command on a big database, all but the restore while clients write, and measures the gaps.
 *
 * @param transfers only the results of the default number are written to the document
 * @throws Error if a gap is too long
 */
export async function runOnBigDatabase(
  _processes: Processes,
  transfers: number = DEFAULT_TRANSFERS,
): Promise<void> {
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

  const DATA_DIR = path.join(folder, "data");
  const file = path.join(DATA_DIR, "volume-transfers.db");
  const LIBSQL_URL = `file:${file}`;
  mkdirSync(DATA_DIR);
  await migrateAllButLast(file, path.join(folder, "migrations"));
  const sql = connect({ kind: "libsql", url: LIBSQL_URL, authToken: undefined });
  await measure("fill", undefined, async () => void (await fill(sql, transfers, console.log)));

  const command = async (name: string, args: string[] = []) => {
    const { code, output } = await runCommand(name, args, { LIBSQL_URL });
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${output}`);
  };
  const sqlWriter = new Writers(1, async () => {
    await sql.batch(["update volumes set updated_at = updated_at where seq = 1"], "write");
    // The client of a file never waits, and all else would.
    await sleep(1);
  });
  // One statement makes an index, and holds SQLite's lock meanwhile.
  await measure("migration", undefined, () => sqlWriter.during(() => command("migrate")));
  await sqlWriter.stop();
  sql.close();

  const env = { ...NO_QUOTA, DATA_DIR, PORT: String(await freePort()), LOG_REQUESTS: "none" };
  let service = await startCommand("serve", { ...env, HISTORY_RETENTION_DAYS: "0" });
  const clients = await Promise.all(
    Array.from({ length: MANY_CLIENTS }, async () => {
      const client = new Client(service.url);
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
  await few.stop();
  await service.stop();
  service = await startCommand("serve", { ...env, HISTORY_RETENTION_DAYS: RETENTION_DAYS });
  const again = writers(CLIENTS);
  let deleted = 0;
  await measure("retention", MAX_GAP_MS, () =>
    again.during(async () => {
      deleted = Number(await service.process.untilLine(/"event":"sweep",.*"deleted":(\d+)/));
    }),
  );
  await again.stop();
  const many = writers(MANY_CLIENTS);
  await measure(`${MANY_CLIENTS} writers`, MAX_GAP_MS, () => many.during(() => sleep(PERIOD_MS)));
  await many.stop();
  await service.stop();

  await measure("restore, and fsck", undefined, async () => {
    const { code, output } = await runCommand("restore", [backup], {
      LIBSQL_URL: `file:${path.join(folder, "restored.db")}`,
    });
    if (code !== 0) throw new Error(`restore ended with ${code}: ${output}`);
    return undefined;
  });

  const bytes = statSync(backup).size;
  const missed = writeReport({ transfers, deleted, bytes, phases }, transfers === DEFAULT_TRANSFERS);
  if (missed.length > 0)
    throw new Error(`the longest gap was over ${MAX_GAP_MS} ms in: ${missed.join(", ")}`);
}

/** Applies all migrations but the last. */
async function migrateAllButLast(file: string, migrations: string): Promise<void> {
  cpSync(migrationsFolder, migrations, { recursive: true });
  const index = path.join(migrations, "meta/_journal.json");
  const { entries, ...rest } = journal.parse(JSON.parse(readFileSync(index, "utf8")));
  writeFileSync(index, JSON.stringify({ ...rest, entries: entries.slice(0, -1) }));
  const connection = new Connection(file, { syncsWrites: false });
  const run = async (...transaction: Parameters<Connection["run"]>) => connection.run(...transaction);
  await applyMigrations({ run }, migrations);
  connection.close();
}
