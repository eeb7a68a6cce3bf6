import type { Client } from "@libsql/client";
import type { LibsqlDatabase } from "../database/database.ts";
import { assertEmpty, dropTables } from "../database/empty_database.ts";
import { useClient, writeTransaction } from "../database/libsql.ts";
import { parseNames } from "../database/read_database.ts";
import { countQuery, dropStatement, TABLES_QUERY } from "../database/tables.sql.ts";
import { isStagingTable, makesIndex, publishStatement, stagingName, toStaging } from "./staging.sql.ts";

/** Characters of SQL in one transaction. A long transaction would be aborted while a running service waits to write. */
const BATCH_SIZE = 1_000_000;

/**
 * Copies a database to an empty one of a libSQL server: fills staging tables, and renames them in one transaction. A
 * service that is running finds no tables until then.
 *
 * @param copy the statements of `dump` that make the staging tables
 * @throws CliError if the database is not empty, cannot be reached, or rejects a statement; the rows copied so far are in
 *   staging tables, which the next restore drops
 */
export const publishToServer = (database: LibsqlDatabase, copy: AsyncIterable<string>): Promise<void> =>
  useClient(database, "restored to", async (client) => {
    await writeTransaction(client, await replaceTables(client, dropStatement));
    for await (const batch of batches(copy)) await writeTransaction(client, batch);
    await writeTransaction(client, await replaceTables(client, publishStatement));
  });

/** The options of `dump` with which it makes staging tables. */
export const STAGING = { rename: stagingName, define: toStaging };

/**
 * Divides statements into transactions. They are sent as separate statements: of a single text, sqld silently skips a
 * statement that it cannot parse.
 */
async function* batches(statements: AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  let size = 0;
  for await (const statement of statements) {
    const alone = makesIndex(statement);
    if (size >= BATCH_SIZE || alone) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(statement);
    size += alone ? BATCH_SIZE : statement.length;
  }
  yield batch;
}

/**
 * Returns the statements that drop the tables which a started service has created.
 *
 * @param replace returns the statements that replace a table by its staging table
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
