import path from "node:path";
import { migrate } from "drizzle-orm/libsql/migrator";
import { drizzle } from "drizzle-orm/libsql/web";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { wrangler } from "../servers/wrangler.ts";
import { packageFolder } from "../settings/settings.ts";
import { bindingOf, type Database, d1LocationFlags, type LibsqlDatabase } from "./database.ts";
import { formatCauses } from "./libsql.ts";

/**
 * Applies the pending migrations of `drizzle/` to a database. It is idempotent: the database records which
 * migrations were applied.
 *
 * @throws CliError if the database cannot be reached, or rejects a migration
 */
export async function migrateDatabase(database: Database, processes: Processes): Promise<void> {
  if (database.kind === "libsql") return migrateLibsql(database);
  const command = wrangler("d1", "migrations", "apply", bindingOf(database), ...d1LocationFlags(database));
  await processes.run(command, database.kind === "remote D1" ? "inherit" : "capture");
}

async function migrateLibsql({ url, authToken }: LibsqlDatabase): Promise<void> {
  try {
    const db = drizzle({ connection: authToken === undefined ? { url } : { url, authToken } });
    await migrate(db, { migrationsFolder: path.join(packageFolder, "drizzle") });
    db.$client.close();
  } catch (error) {
    throw new CliError(`LIBSQL_URL: the database at ${url} cannot be migrated: ${formatCauses(error)}`);
  }
}
