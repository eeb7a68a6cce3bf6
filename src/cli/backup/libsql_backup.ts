import { createClient, type Transaction } from "@libsql/client/web";
import { assertEmpty, countsQuery, quoted, TABLES_QUERY, tableNames } from "../database/empty_database.ts";
import { causes, type Libsql } from "../database/migrations.ts";
import { UsageError } from "../processes/supervise.ts";
import { statementsOf } from "./backup_file.ts";

/** How much SQL goes to the server at once, in characters. */
const BATCH = 1_000_000;
/** The last line of a dump that is whole. */
const END = "COMMIT;\n";
/** What a dump says around the rest of it, and what has no place in a transaction that is open already. */
const FRAME = ["PRAGMA foreign_keys=OFF;\n", "BEGIN TRANSACTION;\n", END];

/**
 * Everything in a libSQL server as SQL: what its `GET /dump` says, which reads in one transaction, so that writes
 * that go on meanwhile are in it or not, each as a whole.
 *
 * @throws UsageError if the server cannot be reached, or has not told everything
 */
export async function* dumpLibsql({ url, authToken }: Libsql): AsyncGenerator<Uint8Array> {
  const dump = new URL("dump", url.replace(/^libsql:/, "https:").replace(/\/*$/, "/"));
  let end = "";
  try {
    const headers: Record<string, string> =
      authToken === undefined ? {} : { Authorization: `Bearer ${authToken}` };
    const response = await fetch(dump, { headers });
    if (!response.ok || response.body === null) throw new Error(`GET /dump answered ${response.status}`);
    for await (const bytes of response.body) {
      end = (end + Buffer.from(bytes).toString("latin1")).slice(-END.length);
      yield withoutNul(bytes);
    }
  } catch (error) {
    throw new UsageError(`the libSQL database at ${url} cannot be dumped: ${causes(error)}`);
  }
  if (end !== END) throw new UsageError(`the libSQL server at ${url} has not told everything. Try again.`);
}

/** In a dump, a NUL stands in a text as it is, where SQL does not take it. */
function withoutNul(bytes: Uint8Array): Uint8Array {
  return bytes.includes(0)
    ? Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll("\0", "'||char(0)||'"), "latin1")
    : bytes;
}

/**
 * Fills an empty libSQL database from a backup, in one transaction.
 *
 * @throws UsageError if the database is not empty, cannot be reached, or does not take a statement; it is as it was
 *   then
 */
export async function loadLibsql({ url, authToken }: Libsql, file: string): Promise<void> {
  const client = createClient({ url, ...(authToken !== undefined && { authToken }) });
  try {
    const transaction = await client.transaction("write");
    try {
      await dropEmptyTables(transaction);
      for await (const batch of batchesOf(file)) await transaction.batch(batch);
      await transaction.commit();
    } catch (error) {
      await transaction.rollback().catch(() => {});
      throw error;
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`the backup cannot be restored to the libSQL at ${url}: ${causes(error)}`);
  } finally {
    client.close();
  }
}

/**
 * The statements of a backup, as many at once as a server is to be sent. They go as a batch, one by one: where they
 * go as one text, sqld passes over a statement that it cannot parse, and says nothing.
 */
async function* batchesOf(file: string): AsyncGenerator<string[]> {
  let batch: string[] = [];
  let length = 0;
  for await (const statement of statementsOf(file)) {
    if (FRAME.includes(statement)) continue;
    batch.push(statement);
    length += statement.length;
    if (length < BATCH) continue;
    yield batch;
    batch = [];
    length = 0;
  }
  if (batch.length > 0) yield batch;
}

/** A service that has started on the database has made its tables. */
async function dropEmptyTables(transaction: Transaction): Promise<void> {
  const tables = tableNames((await transaction.execute(TABLES_QUERY)).rows);
  if (tables.length === 0) return;
  const [counts = {}] = (await transaction.execute(countsQuery(tables))).rows;
  assertEmpty({ ...counts });
  for (const table of tables) await transaction.execute(`drop table ${quoted(table)}`);
}
