import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { type Database, fileDatabase } from "../database/database.ts";
import { assertEmpty } from "../database/empty_database.ts";
import { describeLibsql, fileOf, formatCauses } from "../database/libsql.ts";
import { parseNames, readDatabase } from "../database/read_database.ts";
import { countQuery, TABLES_QUERY } from "../database/tables.sql.ts";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { temporaryFolder } from "../settings/settings.ts";
import { dump } from "./dump.ts";
import { loadBackup } from "./load.ts";
import { FOR_D1, publishToD1 } from "./publish_d1.ts";
import { publishToFile } from "./publish_file.ts";
import { publishToServer, STAGING } from "./publish_libsql.ts";
import { isStagingTable } from "./staging.sql.ts";

/**
 * Restores a backup of any kind of database to an empty one of any kind, completely or not at all: makes a file of it,
 * applies the migrations that it lacks, and publishes the file.
 *
 * @param onRead receives the number of bytes of the backup that were read
 * @param onLoaded called when the file is made
 * @throws CliError if the database is not empty or cannot be reached, or a statement fails
 */
export async function restoreBackup(
  database: Database,
  backup: string,
  processes: Processes,
  { onRead, onLoaded }: { readonly onRead: (bytes: number) => void; readonly onLoaded: () => void },
): Promise<void> {
  const target = database.kind === "libsql" ? fileOf(database) : undefined;
  const exists = target === undefined || existsSync(target);
  const tables = exists ? await emptyTables(database, processes) : [];
  const restored = target === undefined ? path.join(temporaryFolder(), "restored.db") : nameBeside(target);
  // A signal ends the process without running `finally`.
  const remove = () => rmSync(restored, { force: true });
  process.once("exit", remove);
  try {
    await loadBackup(backup, restored, processes, onRead);
    onLoaded();
    await publish(database, target, { restored, tables }, processes);
  } finally {
    remove();
  }
}

async function publish(
  database: Database,
  target: string | undefined,
  { restored, tables }: { readonly restored: string; readonly tables: readonly string[] },
  processes: Processes,
): Promise<void> {
  const copy = fileDatabase(restored);
  if (database.kind !== "libsql") return publishToD1(database, tables, dump(copy, FOR_D1), processes);
  if (target === undefined) return publishToServer(database, dump(copy, STAGING));
  try {
    publishToFile(restored, target);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${describeLibsql(database)} cannot be restored to: ${formatCauses(error)}`);
  }
}

/**
 * Returns the tables of a database, without those that an interrupted restore has left.
 *
 * @throws CliError if one of them has rows
 */
async function emptyTables(database: Database, processes: Processes): Promise<string[]> {
  const [names = []] = await readDatabase(database, [TABLES_QUERY], processes);
  const tables = parseNames(names).filter((name) => !isStagingTable(name));
  if (tables.length === 0) return [];
  const [[counts = {}] = []] = await readDatabase(database, [countQuery(tables)], processes);
  assertEmpty(counts);
  return tables;
}

/** Returns a name beside a file, and removes what a restore has left there that was killed. */
function nameBeside(file: string): string {
  const { dir, base } = path.parse(file);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(dir)) {
    const [, pid] = name.startsWith(base) ? (/\.restoring-(\d+)$/.exec(name) ?? []) : [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(path.join(dir, name));
  }
  return `${file}.restoring-${process.pid}`;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
