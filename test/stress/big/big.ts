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
import { runCommand } from "../../support/command.ts";
import { freePort } from "../../support/free_port.ts";
import { SocketActivatedService } from "../../support/socket_activation.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { fill } from "./fill.ts";
import { type Phase, writeReport } from "./report.ts";
import { type Gaps, Writers } from "./writers.ts";

const DEFAULT_TRANSFERS = 5_000_000;
/** The 99th percentile of the requests beside a command, milliseconds. */
const MAX_P99_MS = 250;
const CLIENTS = 40;
/** The share of the highest load that the clients cause beside a command. */
const LOAD = 0.8;
const PERIOD_MS = 20_000;
/** Half of the closed transfers are older. */
const RETENTION_DAYS = "30";

const journal = z.looseObject({ entries: z.array(z.looseObject({ tag: z.string() })) });

/**
 * Runs every command on a big database, all but the restore while clients write, and measures how long they wait.
 *
 * @param transfers only the results of the default number are written to the document
 * @throws Error if clients wait for too long, or a request fails
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
    maxP99Ms: number | undefined,
    run: () => Promise<Gaps | undefined>,
  ) => {
    const started = performance.now();
    const gaps = await run();
    const phase = { name, seconds: (performance.now() - started) / 1000, gaps, maxP99Ms };
    phases.push(phase);
    console.log(JSON.stringify(phase));
    return phase;
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
    const started = performance.now();
    await sql.batch(["update volumes set updated_at = updated_at where seq = 1"], "write");
    const ms = performance.now() - started;
    // The client of a file never waits, and all else would.
    await sleep(1);
    return [ms];
  });
  // One statement makes an index, and holds SQLite's lock meanwhile.
  await measure("migration", undefined, () => sqlWriter.during(() => command("migrate")));
  await sqlWriter.stop();
  sql.close();

  const port = await freePort();
  const start = (HISTORY_RETENTION_DAYS: string) =>
    SocketActivatedService.start(
      { ...NO_QUOTA, DATA_DIR, LOG_REQUESTS: "none", HISTORY_RETENTION_DAYS },
      { port },
    );
  let service = await start("0");
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = new Client(service.url);
      return { client, volume: await client.createVolume() };
    }),
  );
  const writers = (perSecond?: number) =>
    new Writers(
      CLIENTS,
      async (i) => {
        const one = clients[i];
        if (one === undefined) throw new Error(`there is no client ${i}`);
        try {
          const created = await one.client.createTransfer(one.volume);
          const deleted = await one.client.delete(`volume-transfers/${created.body.transfer.id}`);
          return [created.ms, deleted.ms];
        } catch (error) {
          // The volume may have a transfer still, so that another cannot be created.
          one.volume = await one.client.createVolume();
          throw error;
        }
      },
      perSecond,
    );
  const all = writers();
  const { gaps: most, seconds } = await measure("the highest load", undefined, () =>
    all.during(() => sleep(PERIOD_MS)),
  );
  await all.stop();
  const perSecond = (LOAD * (most?.writes ?? 0)) / seconds;
  const some = writers(perSecond);
  const backup = path.join(folder, "backup.sql");
  const beside = (name: string, work: () => Promise<void>) =>
    measure(name, MAX_P99_MS, () => some.during(work));
  await beside("nothing else", () => sleep(PERIOD_MS));
  await beside("restart", async () => {
    await service.restart();
    await sleep(PERIOD_MS);
  });
  await beside("fsck", () => command("fsck"));
  await beside("backup", () => command("backup", [backup]));
  await some.stop();
  await service.stop();
  service = await start(RETENTION_DAYS);
  const again = writers(perSecond);
  let deleted = 0;
  await measure("retention", MAX_P99_MS, () =>
    again.during(async () => {
      deleted = Number(await service.parent.untilLine(/"event":"sweep",.*"deleted":(\d+)/));
    }),
  );
  await again.stop();
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
  if (missed.length > 0) throw new Error(`the goal was missed beside: ${missed.join(", ")}`);
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
