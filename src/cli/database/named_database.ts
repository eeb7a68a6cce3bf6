import { existsSync } from "node:fs";
import path from "node:path";
import type { BackupKind } from "../backup/backup_file.ts";
import type { Processes } from "../processes/processes.ts";
import { UsageError } from "../processes/supervise.ts";
import { sqldOf } from "../servers/sqld.ts";
import { dataFolder, projectFolder, workerVariables } from "../settings/settings.ts";
import type { Database } from "./migrations.ts";

/** A database, and what messages call it. */
export interface NamedDatabase {
  readonly database: Database;
  readonly title: string;
}

/** What follows a command's name: options, and other words. */
export interface Arguments {
  readonly options: readonly string[];
  readonly words: readonly string[];
}

/** The arguments of this process. */
export function commandArguments(): Arguments {
  const isOption = (argument: string) => argument.startsWith("-");
  const all = process.argv.slice(2);
  return { options: all.filter(isOption), words: all.filter((argument) => !isOption(argument)) };
}

/**
 * The database that a command is to read: with `--remote` the deployed D1, with `--local` that of `npm start`;
 * without either the libSQL server that LIBSQL_URL names, or else what the data folder has: the libSQL of
 * `npm run serve`, whether it runs or not, or the D1 of `npm start`.
 *
 * @throws UsageError for another option, or if there is no libSQL server for this machine
 */
export async function databaseToRead({ options }: Arguments, processes: Processes): Promise<NamedDatabase> {
  const d1 = chosenD1(options);
  if (options.length > 0) return d1;
  const sqld = sqldFolder();
  const isThere = workerVariables().LIBSQL_URL !== undefined || existsSync(sqld);
  return isThere ? libsql(sqld, processes) : d1;
}

/**
 * The database that a command is to fill with what was in one of the same kind: chosen as `databaseToRead` does, but
 * that there may be nothing in the data folder yet.
 *
 * @throws UsageError where the options, or LIBSQL_URL, name a database of the other kind
 */
export async function databaseToFill(
  kind: BackupKind,
  { options }: Arguments,
  processes: Processes,
): Promise<NamedDatabase> {
  const d1 = chosenD1(options);
  const { LIBSQL_URL } = workerVariables();
  if (kind === "D1") {
    if (options.length > 0 || LIBSQL_URL === undefined) return d1;
    throw new UsageError("this is a backup of a D1, and LIBSQL_URL names a libSQL database.");
  }
  if (options.length === 0) return libsql(sqldFolder(), processes);
  throw new UsageError(`this is a backup of a libSQL database, and ${options[0]} names a D1.`);
}

function chosenD1(options: readonly string[]): NamedDatabase {
  const [option = "--local", ...more] = options;
  if ((option !== "--local" && option !== "--remote") || more.length > 0) {
    throw new UsageError(`not ${options.join(" ")}: the options are --local and --remote, both for D1.`);
  }
  if (option === "--remote") return { database: { kind: "remote D1" }, title: "the deployed D1" };
  const folder = dataFolder();
  const title = `the D1 in ${folder ?? path.join(projectFolder, ".wrangler/state")}`;
  return { database: { kind: "local D1", folder }, title };
}

/** Where `npm run serve` keeps its database. */
const sqldFolder = (): string => path.join(dataFolder() ?? path.join(projectFolder, ".data"), "sqld");

async function libsql(folder: string, processes: Processes): Promise<NamedDatabase> {
  const { LIBSQL_URL, LIBSQL_AUTH_TOKEN: authToken } = workerVariables();
  if (LIBSQL_URL !== undefined) {
    return { database: { kind: "libsql", url: LIBSQL_URL, authToken }, title: `the libSQL at ${LIBSQL_URL}` };
  }
  const url = await sqldOf(folder, processes);
  return { database: { kind: "libsql", url, authToken: undefined }, title: `the libSQL in ${folder}` };
}
