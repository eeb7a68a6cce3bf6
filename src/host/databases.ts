import path from "node:path";
import { fileURLToPath } from "node:url";
import { DATABASE_BINDING } from "../config/config.ts";
import { regionalName, splitRegions, variablesOfRegion } from "../config/region_variables.ts";
import { FileDatabase, type FileOptions } from "./file_database.ts";
import { MemoryDatabase } from "./memory_database.ts";

type Variables = Readonly<Record<string, string>>;

/** The name of the database file in the folder of a region. */
const FILE = "volume-transfers.db";

/** The databases that this process opens itself. */
interface Databases {
  /** The variables of the Worker: those that name a file are left out. */
  readonly variables: Variables;
  /** The databases by the names of their bindings. */
  readonly bindings: Readonly<Record<string, FileDatabase | MemoryDatabase>>;
}

/**
 * Finds the files of the regions: the one that `LIBSQL_URL` names by `file:`, or the one in the data folder if
 * `LIBSQL_URL` is not set. A region whose `LIBSQL_URL` names a server has none.
 *
 * @param folder the data folder; undefined for databases in memory in place of its files
 */
export function databasesOf(
  variables: Variables,
  folder: string | undefined,
  options: FileOptions,
): Databases {
  const names = splitRegions(variables.REGIONS);
  const rest: Record<string, string> = { ...variables };
  const bindings: Record<string, FileDatabase | MemoryDatabase> = {};
  for (const region of names.length === 0 ? [undefined] : names) {
    const nameOf = (name: string) => (region === undefined ? name : regionalName(name, region));
    const { LIBSQL_URL } = region === undefined ? variables : variablesOfRegion(variables, region);
    const file = databaseFile(LIBSQL_URL, path.join(folder ?? "", region ?? ""));
    if (file === undefined) continue;
    delete rest[nameOf("LIBSQL_URL")];
    bindings[nameOf(DATABASE_BINDING)] =
      (LIBSQL_URL ?? folder) !== undefined ? new FileDatabase(file, options) : new MemoryDatabase();
  }
  return { variables: rest, bindings };
}

/**
 * Returns the file of a region's database; undefined if `url` names none.
 *
 * @param url `LIBSQL_URL` of the region, such as `file:data.db` or `file:///var/lib/data.db`
 * @param folder the folder of the region in the data folder
 */
export function databaseFile(url: string | undefined, folder: string): string | undefined {
  if (url === undefined) return path.join(folder, FILE);
  if (!/^file:./.test(url)) return undefined;
  return path.resolve(url.startsWith("file://") ? fileURLToPath(url) : url.slice("file:".length));
}
