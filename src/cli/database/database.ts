/** A libSQL server. */
export interface LibsqlDatabase {
  readonly kind: "libsql";
  readonly url: string;
  readonly authToken: string | undefined;
}

/** A D1 database: the one of `wrangler dev`, or the deployed one. */
export type D1Database =
  /** @property folder the folder with the data; undefined for `.wrangler/state` */
  { readonly kind: "local D1"; readonly folder: string | undefined } | { readonly kind: "remote D1" };

/** A database that commands work on. */
export type Database = LibsqlDatabase | D1Database;

/** Returns the libSQL server that the Worker's variables name, or else the given D1 database. */
export function libsqlOr(d1: D1Database, variables: Readonly<Record<string, string>>): Database {
  const { LIBSQL_URL: url, LIBSQL_AUTH_TOKEN: authToken } = variables;
  return url === undefined ? d1 : { kind: "libsql", url, authToken };
}

/** Returns the flags with which wrangler selects a D1 database. */
export function d1LocationFlags(database: D1Database): string[] {
  if (database.kind === "remote D1") return ["--remote"];
  return ["--local", ...(database.folder === undefined ? [] : ["--persist-to", database.folder])];
}
