import { existsSync } from "node:fs";
import path from "node:path";
import type { BackupKind } from "../backup/backup_file.ts";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { findOrStartSqld } from "../servers/sqld.ts";
import { readWranglerConfig, writeLocalConfig } from "../servers/wrangler.ts";
import { REGIONS_VARIABLE, type Region, regionFolder } from "../settings/regions.ts";
import { dataFolder, projectFolder, temporaryFolder } from "../settings/settings.ts";
import { type Database, d1Binding, libsqlDatabase, localD1Folder } from "./database.ts";

/** A database, and its name in messages. */
export interface NamedDatabase {
  readonly database: Database;
  readonly title: string;
}

/** The flags with which a command selects a D1 database. */
export const D1_FLAGS = [
  { name: "local", description: "Use the D1 database of `npm start`." },
  { name: "remote", description: "Use the deployed D1 database." },
] as const;

/** The environment variables with which a command selects a database. */
export const DATABASE_VARIABLES = [
  { name: "LIBSQL_URL", description: "Use this libSQL server. LIBSQL_AUTH_TOKEN is its token." },
  {
    name: "DATA_DIR",
    description: "Use the database in this data folder of `npm run serve` or `npm start`.",
  },
  REGIONS_VARIABLE,
] as const;

/** The flags of `D1_FLAGS` that were set. */
export type D1Flags = ReadonlySet<(typeof D1_FLAGS)[number]["name"]>;

/**
 * Selects the database of a region that a command reads, in this order: the D1 database that a flag names, the libSQL
 * server that LIBSQL_URL names, the libSQL database of `npm run serve` in the data folder, the D1 database of
 * `npm start`. Starts a libSQL server if none is running on the data folder.
 *
 * @throws CliError if both flags are set, or if sqld does not exist for this platform
 */
export async function selectDatabaseToRead(
  region: Region,
  flags: D1Flags,
  processes: Processes,
): Promise<NamedDatabase> {
  if (flags.size > 0) return selectD1(region, flags, processes);
  const folder = sqldFolder(region);
  const usesLibsql = region.variables.LIBSQL_URL !== undefined || existsSync(folder);
  return usesLibsql ? selectLibsql(region, folder, processes) : selectD1(region, flags, processes);
}

/**
 * Selects the database of a region to restore a backup to. The kind of the backup decides between libSQL and D1. The
 * data folder can be empty.
 *
 * @throws CliError if a flag or LIBSQL_URL names a database of the other kind
 */
export async function selectDatabaseToRestore(
  kind: BackupKind,
  region: Region,
  flags: D1Flags,
  processes: Processes,
): Promise<NamedDatabase> {
  if (kind === "D1") {
    if (flags.size > 0 || region.variables.LIBSQL_URL === undefined)
      return selectD1(region, flags, processes);
    throw new CliError("this is a backup of a D1 database, but LIBSQL_URL names a libSQL database.");
  }
  if (flags.size === 0) return selectLibsql(region, sqldFolder(region), processes);
  throw new CliError(
    `this is a backup of a libSQL database, but --${[...flags].join()} names a D1 database.`,
  );
}

/**
 * Selects the database of a region that a command migrates: the D1 database that a flag names, the libSQL server that
 * LIBSQL_URL names, or the D1 database of `npm start`.
 *
 * @throws CliError if both flags are set
 */
export async function selectDatabaseToMigrate(
  region: Region,
  flags: D1Flags,
  processes: Processes,
): Promise<Database> {
  const d1 = async () => (await selectD1(region, flags, processes)).database;
  return flags.size > 0 || region.variables.LIBSQL_URL === undefined ? d1() : libsqlDatabase(region);
}

async function selectD1(region: Region, flags: D1Flags, processes: Processes): Promise<NamedDatabase> {
  if (flags.size > 1) throw new CliError("--local and --remote exclude each other.");
  const binding = d1Binding(region);
  if (flags.has("remote"))
    return { database: { kind: "remote D1", binding }, title: `the deployed D1 database${of(region)}` };
  const folder = localD1Folder();
  const title = `the D1 database${of(region)} in ${folder}`;
  const config =
    region.name === undefined
      ? undefined
      : writeLocalConfig(await readWranglerConfig(processes), temporaryFolder(), [binding]);
  return { database: { kind: "local D1", folder, config, binding }, title };
}

const of = ({ name }: Region): string => (name === undefined ? "" : ` of ${name}`);

/** The folder in which `npm run serve` stores the database of a region. */
const sqldFolder = (region: Region): string =>
  path.join(regionFolder(dataFolder() ?? path.join(projectFolder, ".data"), region), "sqld");

async function selectLibsql(region: Region, folder: string, processes: Processes): Promise<NamedDatabase> {
  if (region.variables.LIBSQL_URL !== undefined) {
    const database = libsqlDatabase(region);
    return { database, title: `the libSQL database${of(region)} at ${database.url}` };
  }
  const url = await findOrStartSqld(folder, processes);
  return {
    database: { kind: "libsql", url, authToken: undefined },
    title: `the libSQL database${of(region)} in ${folder}`,
  };
}
