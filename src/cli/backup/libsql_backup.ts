import type { Transaction } from "@libsql/client/http";
import type { LibsqlDatabase } from "../database/database.ts";
import { assertEmpty, parseTableNames } from "../database/empty_database.ts";
import { connect, formatCauses } from "../database/libsql.ts";
import { countQuery, dropStatement, escapeNul, TABLES_QUERY } from "../database/tables.sql.ts";
import { CliError } from "../errors.ts";
import { readStatements } from "./backup_file.ts";

/** Characters of SQL in one request to the server. */
const BATCH_SIZE = 1_000_000;
/** The last line of a complete dump. */
const END = "COMMIT;\n";
/** The statements with which a dump opens and commits its own transaction. A restore has a transaction already. */
const FRAME = /^(PRAGMA foreign_keys=OFF|BEGIN TRANSACTION|COMMIT);\n$/;

/**
 * Reads a libSQL database as SQL, from the server's `GET /dump`. The server reads in one transaction, so that the dump
 * contains each concurrent write completely or not at all.
 *
 * @throws CliError if the server cannot be reached, or the dump is incomplete
 */
export async function* dumpLibsql({ url, authToken }: LibsqlDatabase): AsyncGenerator<Uint8Array> {
  const dump = new URL("dump", url.replace(/^libsql:/, "https:").replace(/\/*$/, "/"));
  let end = "";
  try {
    const headers: Record<string, string> =
      authToken === undefined ? {} : { Authorization: `Bearer ${authToken}` };
    const response = await fetch(dump, { headers });
    if (!response.ok || response.body === null) throw new Error(`GET /dump returned ${response.status}`);
    for await (const chunk of response.body) {
      end = (end + Buffer.from(chunk).toString("latin1")).slice(-END.length);
      yield withoutNul(chunk);
    }
  } catch (error) {
    throw new CliError(`the libSQL database at ${url} cannot be dumped: ${formatCauses(error)}`);
  }
  if (end !== END) throw new CliError(`the dump of the libSQL server at ${url} is incomplete. Try again.`);
}

/** Escapes the NUL characters of a dump, which contains them unescaped. */
function withoutNul(chunk: Uint8Array): Uint8Array {
  if (!chunk.includes(0)) return chunk;
  // latin1 maps each byte to one character, and so keeps the bytes of UTF-8.
  return Buffer.from(escapeNul(Buffer.from(chunk).toString("latin1")), "latin1");
}

/**
 * Restores a backup to an empty libSQL database, in one transaction.
 *
 * @throws CliError if the database is not empty, cannot be reached, or rejects a statement; it is unchanged then
 */
export async function restoreLibsql(database: LibsqlDatabase, file: string): Promise<void> {
  const client = connect(database);
  try {
    const transaction = await client.transaction("write");
    try {
      await dropEmptyTables(transaction);
      for await (const batch of readBatches(file)) await transaction.batch(batch);
      await transaction.commit();
    } catch (error) {
      await transaction.rollback().catch(() => {});
      throw error;
    }
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
    batch.push(statement);
    size += statement.length;
    if (size < BATCH_SIZE) continue;
    yield batch;
    batch = [];
    size = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Drops the tables that a started service has created. */
async function dropEmptyTables(transaction: Transaction): Promise<void> {
  const tables = parseTableNames((await transaction.execute(TABLES_QUERY)).rows);
  if (tables.length === 0) return;
  const [counts = {}] = (await transaction.execute(countQuery(tables))).rows;
  assertEmpty({ ...counts });
  for (const table of tables) await transaction.execute(dropStatement(table));
}
