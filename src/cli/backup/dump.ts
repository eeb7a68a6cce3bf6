import type { Client, Transaction } from "@libsql/client";
import * as z from "zod";
import type { LibsqlDatabase } from "../database/database.ts";
import { connect, describeLibsql, formatCauses } from "../database/libsql.ts";
import { parseNames, type Row } from "../database/read_database.ts";
import {
  columnsQuery,
  DEFINITIONS_QUERY,
  insertPart,
  insertStatements,
  pageQuery,
  rangeQuery,
  TABLES_QUERY,
} from "../database/tables.sql.ts";
import { CliError } from "../errors.ts";
import { parseDefinitions } from "./definitions.ts";

/** The longest statement, bytes. D1 allows 100,000. */
const STATEMENT_BYTES = 90_000;
/** Characters of a page of rows, approximately. sqld limits the size of a response. */
const PAGE_SIZE = 500_000;
/** The number of rows of a table's first page, and of the largest. */
const PAGE_ROWS = { first: 50, most: 2000 };
/** Less than the rowid of any row. */
const BEFORE_FIRST = -1;

const parts = z.array(z.object({ content: z.string(), last: z.number() }));

/** The differences of a copy from the database. */
interface DumpOptions {
  /** Returns the name of a table; undefined for one that is left out. */
  readonly rename?: (table: string) => string | undefined;
  /** Returns the statement that makes a table or index. */
  readonly define?: (sql: string) => string;
}

/**
 * Reads a libSQL database as the SQL statements that make a copy of it, page by page in one read transaction, so that
 * the copy contains each concurrent write completely or not at all. Each statement is short enough for D1. The indexes
 * are made last, of all rows at once.
 *
 * @throws CliError if the database cannot be reached, or a server ends the transaction
 */
export async function* dump(database: LibsqlDatabase, options: DumpOptions = {}): AsyncGenerator<string> {
  let client: Client | undefined;
  try {
    client = connect(database);
    yield* dumpTables(await client.transaction("read"), options);
  } catch (error) {
    throw new CliError(`${describeLibsql(database)} cannot be read: ${formatCauses(error)}`);
  } finally {
    client?.close();
  }
}

async function* dumpTables(
  transaction: Transaction,
  { rename = (table) => table, define = (sql) => sql }: DumpOptions,
): AsyncGenerator<string> {
  const all = parseNames(await select(transaction, TABLES_QUERY));
  const names = all.filter((name) => rename(name) !== undefined);
  const { tables, others } = parseDefinitions(await select(transaction, DEFINITIONS_QUERY), names);
  for (const { name, sql } of tables) {
    yield define(sql);
    yield* dumpRows(transaction, name, rename(name) ?? name);
  }
  for (const sql of others) yield define(sql);
}

/** Reads the rows of a table, and writes them under another name. */
async function* dumpRows(transaction: Transaction, table: string, name: string): AsyncGenerator<string> {
  const columns = parseNames(await select(transaction, columnsQuery(table)));
  const sql = pageQuery(table, columns, STATEMENT_BYTES);
  let limit = PAGE_ROWS.first;
  for (let after = BEFORE_FIRST; ; ) {
    const page = parts.parse(await select(transaction, sql, [after, limit]));
    if (page.length === 0) return;
    for (const { content, last } of page) {
      if (Buffer.byteLength(content) < STATEMENT_BYTES) yield insertPart(name, columns, content);
      else {
        const rows = await select(transaction, rangeQuery(table), [after, last]);
        for (const row of rows) yield* insertStatements(name, row);
      }
      after = last;
    }
    // The next rows are about as long as these.
    const size = page.reduce((sum, { content }) => sum + content.length, 0);
    limit = Math.min(PAGE_ROWS.most, 2 * limit, Math.max(1, Math.floor((PAGE_SIZE * limit) / size)));
  }
}

const select = async (transaction: Transaction, sql: string, args: number[] = []): Promise<Row[]> =>
  (await transaction.execute({ sql, args })).rows.map((row) => ({ ...row }));
