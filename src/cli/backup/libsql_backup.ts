import type { Transaction } from "@libsql/client/http";
import * as z from "zod";
import type { LibsqlDatabase } from "../database/database.ts";
import { parseTableNames } from "../database/empty_database.ts";
import { connect, formatCauses } from "../database/libsql.ts";
import type { Row } from "../database/read_database.ts";
import {
  columnsQuery,
  DEFINITIONS_QUERY,
  insertPage,
  pageQuery,
  TABLES_QUERY,
} from "../database/tables.sql.ts";
import { CliError } from "../errors.ts";

/** Characters of a page of rows, approximately. sqld limits the size of a response. */
const PAGE_SIZE = 500_000;
/** The number of rows of a table's first page, and of the largest. */
const PAGE_ROWS = { first: 50, most: 2000 };
/** Less than the rowid of any row. */
const BEFORE_FIRST = -1;

const named = z.array(z.object({ name: z.string() }));
const definitions = z.array(z.object({ name: z.string(), type: z.string(), sql: z.string() }));
const page = z.object({ content: z.string().nullable(), rows: z.number(), last: z.number().nullable() });

/**
 * Reads a libSQL database as SQL, page by page in one read transaction, so that the dump contains each concurrent write
 * completely or not at all.
 *
 * @throws CliError if the server cannot be reached, or ends the transaction
 */
export async function* dumpLibsql(database: LibsqlDatabase): AsyncGenerator<Uint8Array> {
  const client = connect(database);
  try {
    const transaction = await client.transaction("read");
    try {
      yield* dump(transaction);
    } finally {
      transaction.close();
    }
  } catch (error) {
    throw new CliError(`the libSQL database at ${database.url} cannot be read: ${formatCauses(error)}`);
  } finally {
    client.close();
  }
}

async function* dump(transaction: Transaction): AsyncGenerator<Uint8Array> {
  const objects = definitions.parse(await select(transaction, DEFINITIONS_QUERY));
  const tables = new Set(parseTableNames(await select(transaction, TABLES_QUERY)));
  yield statement("BEGIN TRANSACTION");
  for (const { name, sql } of objects.filter(({ type, name }) => type === "table" && tables.has(name))) {
    yield statement(sql);
    yield* dumpRows(transaction, name);
  }
  // An index is made faster of all rows than with each row.
  for (const { sql } of objects.filter(({ type }) => type !== "table")) yield statement(sql);
  yield statement("COMMIT");
}

/** Reads the rows of a table, a statement for each page. */
async function* dumpRows(transaction: Transaction, table: string): AsyncGenerator<Uint8Array> {
  const columns = named.parse(await select(transaction, columnsQuery(table))).map(({ name }) => name);
  const sql = pageQuery(table, columns);
  let limit = PAGE_ROWS.first;
  for (let last: number | null = BEFORE_FIRST; last !== null; ) {
    const read = page.parse((await select(transaction, sql, [last, limit]))[0]);
    if (read.content === null) return;
    yield statement(insertPage(table, columns, read.content));
    last = read.last;
    // The next rows are about as long as these.
    const fitting = Math.floor((PAGE_SIZE * read.rows) / read.content.length);
    limit = Math.min(PAGE_ROWS.most, 2 * limit, Math.max(1, fitting));
  }
}

const statement = (sql: string): Uint8Array => Buffer.from(`${sql};\n`);

const select = async (transaction: Transaction, sql: string, args: number[] = []): Promise<Row[]> =>
  (await transaction.execute({ sql, args })).rows.map((row) => ({ ...row }));
