import path from "node:path";
import { DrizzleQueryError } from "drizzle-orm";
import { migrate } from "drizzle-orm/libsql/migrator";
import { drizzle } from "drizzle-orm/libsql/web";
import type { Processes } from "../processes/processes.ts";
import { UsageError } from "../processes/supervise.ts";
import { D1_BINDING, wrangler } from "../servers/wrangler.ts";
import { projectFolder } from "../settings/settings.ts";

/** A libSQL server. */
export interface Libsql {
  readonly kind: "libsql";
  readonly url: string;
  readonly authToken: string | undefined;
}

/** A database to migrate. */
export type Database =
  | Libsql
  /** @property folder where the data is, if not in `.wrangler/state` */
  | { readonly kind: "local D1"; readonly folder: string | undefined }
  | { readonly kind: "remote D1" };

/** The database that the Worker's variables choose: the libSQL server that they name, or else a D1. */
export function chosenDatabase(variables: Readonly<Record<string, string>>, d1: Database): Database {
  const { LIBSQL_URL: url, LIBSQL_AUTH_TOKEN: authToken } = variables;
  return url === undefined ? d1 : { kind: "libsql", url, authToken };
}

/**
 * Applies those migrations of `drizzle/` that a database has not had. It remembers which it has had, so
 * running this again does nothing.
 *
 * @throws UsageError, CommandFailed if the database cannot be reached, or refuses a migration
 */
export async function migrateDatabase(database: Database, processes: Processes): Promise<void> {
  switch (database.kind) {
    case "libsql":
      return migrateLibsql(database);
    case "local D1": {
      const folder = database.folder === undefined ? [] : ["--persist-to", database.folder];
      await processes.run(wrangler("d1", "migrations", "apply", D1_BINDING, "--local", ...folder));
      return;
    }
    case "remote D1":
      await processes.run(wrangler("d1", "migrations", "apply", D1_BINDING, "--remote"), "show");
  }
}

async function migrateLibsql({ url, authToken }: Libsql): Promise<void> {
  try {
    const db = drizzle({ connection: authToken === undefined ? { url } : { url, authToken } });
    await migrate(db, { migrationsFolder: path.join(projectFolder, "drizzle") });
    db.$client.close();
  } catch (error) {
    throw new UsageError(`LIBSQL_URL: the database cannot be migrated: ${causes(error)}`);
  }
}

/** The messages of an error and of what caused it, but for Drizzle's, which says no more than the query. */
export function causes(error: unknown): string {
  if (error instanceof DrizzleQueryError && error.cause) return causes(error.cause);
  if (!(error instanceof Error)) return String(error);
  const message = error.message || ("code" in error && String(error.code)) || error.name;
  const cause = error.cause === undefined ? "" : causes(error.cause);
  return message.includes(cause) ? message : `${message}: ${cause}`;
}
