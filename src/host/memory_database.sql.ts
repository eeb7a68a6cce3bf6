import type { Row, Statement, Value } from "../db/engine/driver.ts";

/** Selects the names of the tables. */
export const TABLES: Statement = {
  sql: "select name from sqlite_schema where type = 'table' and name not glob 'sqlite_*'",
  params: [],
};

const quote = (table: string): string => `"${table.replaceAll('"', '""')}"`;

/** Selects all rows of a table. */
export const rowsOf = (table: string): Statement => ({ sql: `select * from ${quote(table)}`, params: [] });

/** Deletes all rows of a table. */
export const deleteRows = (table: string): Statement => ({ sql: `delete from ${quote(table)}`, params: [] });

/** Inserts a row of a table. */
export const insertRow = (table: string, row: Row): Statement => ({
  sql: `insert into ${quote(table)} values (${Array.from(row, () => "?").join()})`,
  // SQLite returned them.
  params: Array.from(row) as Value[],
});
