import { type Column, getTableColumns, is, type Placeholder, SQL, type Subquery, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/** Where the values of an inserted row come from, by column; a column that is left out gets its default, or null. */
export type RowSource<T extends SQLiteTable> = {
  readonly [Name in keyof T["$inferInsert"]]: SQL | SQL.Aliased | Column | Placeholder;
};

/**
 * Makes the query of an `insert … select`, with the columns in the table's order.
 *
 * @param from the table or query that the values are selected from; one row if it is left out
 * @param where the guard: no row is inserted unless it holds
 * @example
 * queryBuilder.insert(settings).select(selectRow(settings, { name, value }, { where: notExists(others) }));
 */
export function selectRow<T extends SQLiteTable>(
  table: T,
  row: RowSource<T>,
  { from, where }: { readonly from?: SQL | SQLiteTable | Subquery; readonly where: SQL | undefined },
): SQL {
  const sources: Readonly<Record<string, RowSource<T>[keyof RowSource<T>] | undefined>> = row;
  const values = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const source = sources[name] ?? column.default;
    if (source === undefined) return sql`null`;
    return is(source, SQL) ? source : sql`${source}`;
  });
  // SQLite parses `on conflict` after a select only behind a `where`.
  return sql`select ${sql.join(values, sql`, `)} from ${from ?? sql`(select 1)`} where ${where ?? sql`true`}`;
}
