import { existsSync } from "node:fs";
import path from "node:path";
import type { BackupKind } from "../backup/backup_file.ts";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { findOrStartSqld } from "../servers/sqld.ts";
import { dataFolder, projectFolder, workerVariables } from "../settings/settings.ts";
import type { D1Database, Database } from "./database.ts";

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
] as const;

/** The flags of `D1_FLAGS` that were set. */
export type D1Flags = ReadonlySet<(typeof D1_FLAGS)[number]["name"]>;

/**
 * Selects the database that a command reads, in this order: the D1 database that a flag names, the libSQL server that
 * LIBSQL_URL names, the libSQL database of `npm run serve` in the data folder, the D1 database of `npm start`. Starts
 * a libSQL server if none is running on the data folder.
 *
 * @throws CliError if both flags are set, or if sqld does not exist for this platform
 */
export async function selectDatabaseToRead(flags: D1Flags, processes: Processes): Promise<NamedDatabase> {
  const d1 = selectD1(flags);
  if (flags.size > 0) return d1;
  const folder = sqldFolder();
  const usesLibsql = workerVariables().LIBSQL_URL !== undefined || existsSync(folder);
  return usesLibsql ? selectLibsql(folder, processes) : d1;
}

/**
 * Selects the database to restore a backup to. The kind of the backup decides between libSQL and D1. The data folder
 * can be empty.
 *
 * @throws CliError if a flag or LIBSQL_URL names a database of the other kind
 */
export async function selectDatabaseToRestore(
  kind: BackupKind,
  flags: D1Flags,
  processes: Processes,
): Promise<NamedDatabase> {
  const d1 = selectD1(flags);
  if (kind === "D1") {
    if (flags.size > 0 || workerVariables().LIBSQL_URL === undefined) return d1;
    throw new CliError("this is a backup of a D1 database, but LIBSQL_URL names a libSQL database.");
  }
  if (flags.size === 0) return selectLibsql(sqldFolder(), processes);
  throw new CliError(
    `this is a backup of a libSQL database, but --${[...flags].join()} names a D1 database.`,
  );
}

export function selectD1(flags: D1Flags): { readonly database: D1Database; readonly title: string } {
  if (flags.size > 1) throw new CliError("--local and --remote exclude each other.");
  if (flags.has("remote")) return { database: { kind: "remote D1" }, title: "the deployed D1 database" };
  const folder = dataFolder();
  const title = `the D1 database in ${folder ?? path.join(projectFolder, ".wrangler/state")}`;
  return { database: { kind: "local D1", folder }, title };
}

/** The folder in which `npm run serve` stores its database. */
const sqldFolder = (): string => path.join(dataFolder() ?? path.join(projectFolder, ".data"), "sqld");

async function selectLibsql(folder: string, processes: Processes): Promise<NamedDatabase> {
  const { LIBSQL_URL, LIBSQL_AUTH_TOKEN: authToken } = workerVariables();
  if (LIBSQL_URL !== undefined) {
    const database = { kind: "libsql", url: LIBSQL_URL, authToken } as const;
    return { database, title: `the libSQL database at ${LIBSQL_URL}` };
  }
  const url = await findOrStartSqld(folder, processes);
  return {
    database: { kind: "libsql", url, authToken: undefined },
    title: `the libSQL database in ${folder}`,
  };
}
