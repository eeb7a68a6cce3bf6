import type { Client } from "@libsql/client/http";
import type { LibsqlDatabase } from "../database/database.ts";
import { assertEmpty, dropTables } from "../database/empty_database.ts";
import { connect, formatCauses, writeTransaction } from "../database/libsql.ts";
import { parseNames } from "../database/read_database.ts";
import { countQuery, dropStatement, TABLES_QUERY } from "../database/tables.sql.ts";
import { CliError } from "../errors.ts";
import { readStatements } from "./backup_file.ts";
import { isStagingTable, makesIndex, publishStatement, toStaging } from "./staging.sql.ts";

/** Characters of SQL in one transaction. A long transaction would be aborted while a running service waits to write. */
const BATCH_SIZE = 1_000_000;
/** The statements with which a dump opens and commits its own transaction. */
const FRAME = /^(PRAGMA foreign_keys=OFF|BEGIN TRANSACTION|COMMIT);\n$/;

/**
 * Restores a backup to an empty libSQL database: fills staging tables, and renames them in one transaction. A service
 * that is running finds no tables until then.
 *
 * @throws CliError if the database is not empty, cannot be reached, or rejects a statement; the rows restored so far
 *   are in staging tables, which the next restore drops
 */
export async function restoreLibsql(database: LibsqlDatabase, file: string): Promise<void> {
  const client = connect(database);
  try {
    await writeTransaction(client, await replaceTables(client, dropStatement));
    for await (const batch of readBatches(file)) await writeTransaction(client, batch);
    await writeTransaction(client, await replaceTables(client, publishStatement));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(
      `the backup cannot be restored to the libSQL database at ${database.url}: ${formatCauses(error)}`,
    );
  } finally {
    client.close();
  }
}

/**
 * Reads the statements of a backup in batches. They are sent as separate statements: of a single text, sqld silently
 * skips a statement that it cannot parse.
 */
async function* readBatches(file: string): AsyncGenerator<string[]> {
  let batch: string[] = [];
  let size = 0;
  for await (const statement of readStatements(file)) {
    if (FRAME.test(statement)) continue;
    const alone = makesIndex(statement);
    if (size >= BATCH_SIZE || alone) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(toStaging(statement));
    size += alone ? BATCH_SIZE : statement.length;
  }
  yield batch;
}

/**
 * Returns the statements that drop the tables which a started service has created.
 *
 * @param replace returns what happens to a staging table
 * @throws CliError if one of the service's tables has rows
 */
async function replaceTables(client: Client, replace: (staging: string) => string): Promise<string[]> {
  const tables = parseNames((await client.execute(TABLES_QUERY)).rows);
  const own = tables.filter((table) => !isStagingTable(table));
  if (own.length > 0) {
    const [counts = {}] = (await client.execute(countQuery(own))).rows;
    assertEmpty({ ...counts });
  }
  return [...dropTables(own), ...tables.filter(isStagingTable).map(replace)];
}
