import { existsSync } from "node:fs";
import path from "node:path";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { readWranglerConfig, writeLocalConfig } from "../servers/wrangler.ts";
import { assertDeployed } from "../settings/deployment.ts";
import type { Region } from "../settings/regions.ts";
import { startFolder, temporaryFolder } from "../settings/settings.ts";
import { type Database, d1Binding, libsqlDatabase, localD1Folder } from "./database.ts";
import { describeLibsql, fileOf } from "./libsql.ts";

/** A database, and its name in messages. */
export interface NamedDatabase {
  readonly database: Database;
  readonly title: string;
}

/** The options with which a command selects the database that it works on. */
export interface DatabaseOptions {
  /** The region; undefined for all. */
  readonly region?: string | undefined;
  /** Whether it is the D1 database of `wrangler dev`. */
  readonly local?: true | undefined;
  /** Whether it is the deployed D1 database. */
  readonly remote?: true | undefined;
}

/**
 * Selects the database of a region that a command works on, in this order: the D1 database that a flag names, the
 * libSQL database that LIBSQL_URL names, the file in the data folder, the D1 database of `npm run dev`. Without DATA_DIR
 * the data folder is that of `npm run serve`, or else that of `npm start`.
 *
 * @throws CliError if LIBSQL_URL is invalid, or there is no such database
 */
export async function selectDatabase(
  region: Region,
  options: DatabaseOptions,
  processes: Processes,
): Promise<NamedDatabase> {
  const selected = await selectDatabaseToMigrate(region, options, processes);
  if (!exists(selected.database)) throw new CliError(`${selected.title} does not exist. ${ADVICE}`);
  return selected;
}

/** Selects the database of a region to apply migrations to, as `selectDatabase`. It need not exist. */
export async function selectDatabaseToMigrate(
  region: Region,
  options: DatabaseOptions,
  processes: Processes,
): Promise<NamedDatabase> {
  const file = await selectDatabaseToRestore(region, options, processes);
  if (isNamed(region, options) || exists(file.database)) return file;
  const ofStart = withTitle(libsqlDatabase(region, startFolder()), region);
  if (exists(ofStart.database)) return ofStart;
  return existsSync(filesOfD1(localD1Folder())) ? selectLocalD1(region, processes) : file;
}

/**
 * Selects the database of a region to restore a backup to: the one that a flag or LIBSQL_URL names, or else the file in
 * the data folder. It need not exist.
 *
 * @throws CliError if LIBSQL_URL is invalid
 */
export async function selectDatabaseToRestore(
  region: Region,
  options: DatabaseOptions,
  processes: Processes,
): Promise<NamedDatabase> {
  if (options.local) return selectLocalD1(region, processes);
  if (!options.remote) return withTitle(libsqlDatabase(region), region);
  assertDeployed(await readWranglerConfig(processes), region);
  return withTitle({ kind: "remote D1", binding: d1Binding(region) }, region);
}

/** Returns whether a flag or LIBSQL_URL names the database of a region. */
const isNamed = ({ variables }: Region, { local, remote }: DatabaseOptions): boolean =>
  (local ?? remote) !== undefined || variables.LIBSQL_URL !== undefined;

/** Returns whether a database exists, if it is on this machine. A client would create it. */
function exists(database: Database): boolean {
  if (database.kind === "remote D1") return true;
  const file = database.kind === "local D1" ? filesOfD1(database.folder) : fileOf(database);
  return file === undefined || existsSync(file);
}

/** Returns where wrangler keeps the files of D1 in the folder of its state. */
const filesOfD1 = (folder: string): string => path.join(folder, "v3/d1");

const ADVICE =
  "Start the service once, set DATA_DIR to its data folder, or name another database with LIBSQL_URL or --remote.";

async function selectLocalD1(region: Region, processes: Processes): Promise<NamedDatabase> {
  const binding = d1Binding(region);
  const folder = localD1Folder();
  const config =
    region.name === undefined
      ? undefined
      : writeLocalConfig(await readWranglerConfig(processes), temporaryFolder(), [binding]);
  return withTitle({ kind: "local D1", folder, config, binding }, region);
}

const withTitle = (database: Database, region: Region): NamedDatabase => ({
  database,
  title: titleOf(database, region),
});

/** Returns the name in messages of the database of a region. */
export function titleOf(database: Database, { name }: Region): string {
  if (database.kind === "libsql") return describeLibsql(database, name);
  const region = name === undefined ? "" : ` of ${name}`;
  return database.kind === "remote D1"
    ? `the deployed D1 database${region}`
    : `the D1 database${region} in ${database.folder}`;
}
