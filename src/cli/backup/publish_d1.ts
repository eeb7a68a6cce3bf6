import { createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { bindingOf, type D1Database, d1LocationFlags } from "../database/database.ts";
import { dropTables } from "../database/empty_database.ts";
import { migrationFiles } from "../database/migrations.ts";
import { CREATE_D1_MIGRATIONS, LIBSQL_MIGRATIONS, recordInD1 } from "../database/tables.sql.ts";
import type { Processes } from "../processes/processes.ts";
import { wrangler } from "../servers/wrangler.ts";
import { temporaryFolder } from "../settings/settings.ts";

/** The options of `dump` for D1, which records migrations in a table of its own. */
export const FOR_D1 = { rename: (table: string) => (table === LIBSQL_MIGRATIONS ? undefined : table) };

/**
 * Copies a database that has all migrations to an empty D1 database, in one transaction.
 *
 * @param tables the tables of the D1 database, which are replaced
 * @param copy the statements of `dump`
 * @throws CliError if the database cannot be reached, or rejects a statement; it is unchanged then
 */
export async function publishToD1(
  database: D1Database,
  tables: readonly string[],
  copy: AsyncIterable<string>,
  processes: Processes,
): Promise<void> {
  const script = path.join(temporaryFolder(), "restore.sql");
  const statements = async function* () {
    yield* dropTables(tables);
    yield* copy;
    yield CREATE_D1_MIGRATIONS;
    yield recordInD1(migrationFiles());
  };
  const lines = async function* () {
    for await (const statement of statements()) yield `${statement};\n`;
  };
  await pipeline(lines, createWriteStream(script, { mode: 0o600 }));
  const flags = [...d1LocationFlags(database), "--yes", "--file", script];
  await processes.run(wrangler("d1", "execute", bindingOf(database), ...flags));
}
