import type { Transaction } from "@libsql/client/http";
import * as z from "zod";
import type { LibsqlDatabase } from "../database/database.ts";
import { connect, formatCauses } from "../database/libsql.ts";
import { parseNames, type Row } from "../database/read_database.ts";
import {
  columnsQuery,
  DEFINITIONS_QUERY,
  insertPage,
  pageQuery,
  TABLES_QUERY,
} from "../database/tables.sql.ts";
import { CliError } from "../errors.ts";
import { parseDefinitions } from "./definitions.ts";

/** Characters of a page of rows, approximately. sqld limits the size of a response. */
const PAGE_SIZE = 500_000;
/** The number of rows of a table's first page, and of the largest. */
const PAGE_ROWS = { first: 50, most: 2000 };
/** Less than the rowid of any row. */
const BEFORE_FIRST = -1;

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
  const names = parseNames(await select(transaction, TABLES_QUERY));
  const { tables, others } = parseDefinitions(await select(transaction, DEFINITIONS_QUERY), names);
  yield statement("BEGIN TRANSACTION");
  for (const { name, sql } of tables) {
    yield statement(sql);
    yield* dumpRows(transaction, name);
  }
  for (const sql of others) yield statement(sql);
  yield statement("COMMIT");
}

/** Reads the rows of a table, a statement for each page. */
async function* dumpRows(transaction: Transaction, table: string): AsyncGenerator<Uint8Array> {
  const columns = parseNames(await select(transaction, columnsQuery(table)));
  const sql = pageQuery(table, columns);
  let limit = PAGE_ROWS.first;
  for (let after = BEFORE_FIRST; ; ) {
    const { content, rows, last } = page.parse((await select(transaction, sql, [after, limit]))[0]);
    // An aggregate of no rows.
    if (content === null || last === null) return;
    yield statement(insertPage(table, columns, content));
    after = last;
    // The next rows are about as long as these.
    const fitting = Math.floor((PAGE_SIZE * rows) / content.length);
    limit = Math.min(PAGE_ROWS.most, 2 * limit, Math.max(1, fitting));
  }
}

const statement = (sql: string): Uint8Array => Buffer.from(`${sql};\n`);

const select = async (transaction: Transaction, sql: string, args: number[] = []): Promise<Row[]> =>
  (await transaction.execute({ sql, args })).rows.map((row) => ({ ...row }));
