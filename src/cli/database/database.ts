import path from "node:path";
import { pathToFileURL } from "node:url";
import { D1_BINDING } from "../../config/config.ts";
import { regionalName } from "../../config/region_variables.ts";
import { databaseFile } from "../../host/databases.ts";
import { CliError } from "../errors.ts";
import { type Region, regionFolder } from "../settings/regions.ts";
import { dataFolder, projectFolder, serveFolder } from "../settings/settings.ts";

/** A libSQL database: that of a server, or a file. */
export interface LibsqlDatabase {
  readonly kind: "libsql";
  /** The URL of a server, or `file:` and a path. */
  readonly url: string;
  readonly authToken: string | undefined;
}

/** The D1 database of `wrangler dev`. */
export interface LocalD1Database {
  readonly kind: "local D1";
  /** The folder with the data. */
  readonly folder: string;
  /** The configuration of wrangler that has the binding; undefined for `wrangler.toml`. */
  readonly config?: string | undefined;
  readonly binding?: string;
}

/** A D1 database: the one of `wrangler dev`, or the deployed one. Its binding is `DB`, or that of a region. */
export type D1Database = LocalD1Database | { readonly kind: "remote D1"; readonly binding?: string };

/** A database that commands work on. */
export type Database = LibsqlDatabase | D1Database;

/** Returns the name of the binding of a region's D1 database: `DB_EU` for `eu`, and `DB` without `REGIONS`. */
export const d1Binding = ({ name }: Pick<Region, "name">): string =>
  name === undefined ? D1_BINDING : regionalName(D1_BINDING, name);

/** Returns the folder of the D1 databases of `npm start`. */
export const localD1Folder = (): string => dataFolder() ?? path.join(projectFolder, ".wrangler/state");

/** Returns the database in a file. */
export const fileDatabase = (file: string): LibsqlDatabase => ({
  kind: "libsql",
  url: pathToFileURL(file).href,
  authToken: undefined,
});

/**
 * Returns the libSQL database of a region: the one that its variables name, or else the file in the data folder.
 *
 * @param folder the data folder
 * @throws CliError if LIBSQL_URL is not the URL of a database
 */
export function libsqlDatabase({ name, variables }: Region, folder = serveFolder()): LibsqlDatabase {
  const { LIBSQL_URL: url, LIBSQL_AUTH_TOKEN: authToken } = variables;
  try {
    const file = databaseFile(url, regionFolder(folder, { name }));
    if (file !== undefined) return fileDatabase(file);
  } catch {
    // A URL of a file on another machine.
  }
  if (url !== undefined && SERVER.test(url) && URL.canParse(url)) return { kind: "libsql", url, authToken };
  const variable = name === undefined ? "LIBSQL_URL" : regionalName("LIBSQL_URL", name);
  throw new CliError(
    `${variable} must be a URL that begins with libsql://, https:// or http://, or file: and a path, not "${url}".`,
  );
}

const SERVER = /^(libsql|https?):\/\/[^/]/;

/** Returns the libSQL database that the variables of a region name, or else the given D1 database. */
export const libsqlOr = (d1: D1Database, region: Region): Database =>
  region.variables.LIBSQL_URL === undefined ? d1 : libsqlDatabase(region);

/** Returns the name with which wrangler selects a D1 database. */
export const bindingOf = ({ binding = D1_BINDING }: D1Database): string => binding;

/** Returns the flags with which wrangler selects a D1 database. */
export function d1LocationFlags(database: D1Database): string[] {
  if (database.kind === "remote D1") return ["--remote"];
  const { folder, config } = database;
  return ["--local", "--persist-to", folder, ...(config === undefined ? [] : ["--config", config])];
}
