import * as z from "zod";
import { applyMigrations, type Migration, readMigrations } from "../../host/migrations.ts";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { wrangler } from "../servers/wrangler.ts";
import { migrationsFolder } from "../settings/settings.ts";
import { bindingOf, type Database, d1LocationFlags, type LocalD1Database } from "./database.ts";
import { driverOf, useClient } from "./libsql.ts";
import { openLocalD1 } from "./local_d1.ts";
import type { Row } from "./read_database.ts";
import { CREATE_D1_MIGRATIONS, D1_APPLIED, recordInD1 } from "./tables.sql.ts";

const appliedRows = z.array(z.object({ applied: z.union([z.string(), z.number()]) }));

/** Returns the name of a migration's file, by which wrangler records it. */
const fileOf = ({ tag }: Migration): string => `${tag}.sql`;

/** Returns the names of the files of all migrations, in order. */
export const migrationFiles = (): string[] => readMigrations(migrationsFolder).map(fileOf);

/**
 * Divides the migrations of this version into those that were applied to a database, and the others.
 *
 * @param rows the result of `LIBSQL_APPLIED` or `D1_APPLIED`
 * @param what the object that was read, in the message of an error
 * @throws CliError if others were applied, too
 */
export function compareMigrations(
  rows: readonly Row[],
  what: string,
): { readonly applied: readonly Migration[]; readonly pending: readonly Migration[] } {
  const names = new Set(appliedRows.parse(rows).map(({ applied }) => applied));
  const all = readMigrations(migrationsFolder);
  const applied = all.filter((migration) => names.has(fileOf(migration)) || names.has(migration.when));
  if (applied.length < names.size) {
    throw new CliError(
      `${what} has ${countMigrations(names.size - applied.length)} that this version of volume-transfers does not know. Use the ` +
        "version that wrote it, or a newer one.",
    );
  }
  return { applied, pending: all.filter((migration) => !applied.includes(migration)) };
}

/** Returns a number of migrations, with the noun. */
export const countMigrations = (migrations: number): string =>
  migrations === 1 ? "1 migration" : `${migrations} migrations`;

/**
 * Applies the pending migrations of `drizzle/` to a database. It is idempotent: the database records which
 * migrations were applied.
 *
 * @throws CliError if the database cannot be reached, or rejects a migration
 */
export async function migrateDatabase(database: Database, processes: Processes): Promise<void> {
  if (database.kind === "libsql") {
    await useClient(database, "migrated", (client) => applyMigrations(driverOf(client), migrationsFolder));
    return;
  }
  if (database.kind === "local D1") return migrateLocalD1(database, processes);
  const command = wrangler("d1", "migrations", "apply", bindingOf(database), ...d1LocationFlags(database));
  await processes.run(command, "inherit");
}

/** Does what `wrangler d1 migrations apply` does, which starts anew for each migration. */
async function migrateLocalD1(database: LocalD1Database, processes: Processes): Promise<void> {
  const d1 = openLocalD1(database, processes);
  const [, rows] = await d1.run([CREATE_D1_MIGRATIONS, D1_APPLIED]);
  const names = new Set(appliedRows.parse(rows).map(({ applied }) => applied));
  for (const migration of readMigrations(migrationsFolder)) {
    const file = fileOf(migration);
    if (!names.has(file)) await d1.run([...migration.statements, recordInD1([file])]);
  }
  await d1.close();
}
