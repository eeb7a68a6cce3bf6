import Database from "libsql";
import * as z from "zod";
import { fileDatabase } from "../database/database.ts";
import { formatCauses } from "../database/libsql.ts";
import { compareMigrations, migrateDatabase } from "../database/migrations.ts";
import { parseNames, type Row } from "../database/read_database.ts";
import {
  D1_APPLIED,
  D1_MIGRATIONS,
  LIBSQL_APPLIED,
  LIBSQL_MIGRATIONS,
  TABLES_QUERY,
} from "../database/tables.sql.ts";
import { CliError } from "../errors.ts";
import type { Processes } from "../processes/processes.ts";
import { readStatements } from "./backup_file.ts";
import {
  CREATE_LIBSQL_MIGRATIONS,
  DROP_D1_MIGRATIONS,
  FILL,
  FILLED,
  isFrame,
  isOfBackup,
  RECORD_IN_LIBSQL,
  withoutCounter,
} from "./load.sql.ts";

/**
 * Makes a database of a backup, in a new file, and applies the migrations that the backup lacks.
 *
 * @param onRead receives the number of bytes of the backup that were read
 * @throws CliError if a statement fails, or the backup is of a newer version
 */
export async function loadBackup(
  backup: string,
  file: string,
  processes: Processes,
  onRead: (bytes: number) => void,
): Promise<void> {
  const database = new Database(file);
  try {
    database.exec(FILL);
    for await (const statement of readStatements(backup, onRead)) {
      if (isFrame(statement)) continue;
      if (!isOfBackup(statement)) {
        throw new CliError(`the backup has a statement that cannot be restored: ${statement.slice(0, 100)}`);
      }
      // `exec` would also run a second statement of a line.
      database.prepare(withoutCounter(statement)).run();
    }
    recordAsLibsql(database);
    database.exec(FILLED);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`the backup cannot be restored: ${formatCauses(error)}`);
  } finally {
    database.close();
  }
  await migrateDatabase(fileDatabase(file), processes);
}

/**
 * Records the migrations as for libSQL, whose file it is: a backup of D1 has them in a table of its own.
 *
 * @throws CliError if the backup is of a newer version
 */
function recordAsLibsql(database: Database.Database): void {
  const all = (sql: string): Row[] =>
    z.array(z.record(z.string(), z.unknown())).parse(database.prepare(sql).all());
  const tables = parseNames(all(TABLES_QUERY));
  const isD1 = tables.includes(D1_MIGRATIONS);
  if (!isD1 && !tables.includes(LIBSQL_MIGRATIONS)) return;
  const { applied } = compareMigrations(all(isD1 ? D1_APPLIED : LIBSQL_APPLIED), "the backup");
  if (!isD1) return;
  database.exec(CREATE_LIBSQL_MIGRATIONS);
  const record = database.prepare(RECORD_IN_LIBSQL);
  for (const { hash, when } of applied) record.run(hash, when);
  database.exec(DROP_D1_MIGRATIONS);
}
