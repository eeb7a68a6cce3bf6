import type { Statement } from "../../db/engine/driver.ts";

/** Selects the names of the tables, without those of SQLite and D1. */
export const TABLES_QUERY =
  "select name from sqlite_schema where type = 'table' and name not glob 'sqlite_*' and name not glob '_cf_*'";

/** Selects the definitions of tables, indexes and triggers, in the order of their creation. */
export const DEFINITIONS_QUERY =
  "select name, type, sql from sqlite_schema where sql is not null order by rowid";

/** Quotes an identifier. */
const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Returns a query of one row with the number of rows in each table, by the table's name. */
export const countQuery = (tables: readonly string[]): string => {
  const columns = tables.map(
    (name) => `(select count(*) from ${quoteIdentifier(name)}) as ${quoteIdentifier(name)}`,
  );
  return `select ${columns.join(", ")}`;
};

/** Returns a query of all rows of a table. */
export const rowsQuery = (table: string): string => `select * from ${quoteIdentifier(table)}`;

/** Returns a query of the names of a table's columns. */
export const columnsQuery = (table: string): string =>
  `select name from pragma_table_info(${quoteValue(table)}) order by cid`;

/**
 * Returns a query of one row with a page of a table: its rows as a list of SQL values, their number, and the rowid of
 * the last. Its parameters are the rowid after which the page begins, and the number of rows.
 */
export function pageQuery(table: string, columns: readonly string[]): string {
  const values = columns.map(quoteIdentifier).map(
    (column) =>
      // SQLite's `quote` ends a text at its first NUL.
      `case when instr(${column}, char(0)) then 'cast(x' || quote(hex(${column})) || ' as text)' else quote(${column}) end`,
  );
  return `select group_concat(content, ',' || char(10)) as content, count(*) as "rows", max(last) as last from (
    select rowid as last, '(' || ${values.join(" || ',' || ")} || ')' as content
    from ${quoteIdentifier(table)} where rowid > ? order by rowid limit ?)`;
}

/** Returns the statement that inserts the rows of a page. */
export const insertPage = (table: string, columns: readonly string[], content: string): string =>
  `INSERT INTO ${quoteIdentifier(table)} (${columns.map(quoteIdentifier).join(",")}) VALUES\n${content}`;

/** Returns the statement that inserts a row. */
export function insertStatement(table: string, row: Readonly<Record<string, unknown>>): string {
  const columns = Object.keys(row).map(quoteIdentifier).join(",");
  return `INSERT INTO ${quoteIdentifier(table)} (${columns}) VALUES(${Object.values(row).map(quoteValue).join(",")})`;
}

/** Returns the statement that drops a table. */
export const dropStatement = (table: string): string => `DROP TABLE ${quoteIdentifier(table)}`;

/** Returns statements that drop a table, and fail if it has rows. */
export const dropEmptyStatements = (table: string): readonly string[] => [
  "CREATE TABLE restore_guard (rows integer CHECK (rows = 0))",
  `INSERT INTO restore_guard SELECT count(*) FROM ${quoteIdentifier(table)}`,
  "DROP TABLE restore_guard",
  dropStatement(table),
];

/** Writes the values of the numbered parameters into a statement, in which `?` occurs as a parameter only. */
export const inlineParams = ({ sql, params }: Statement): string =>
  sql.replaceAll(/\?(\d*)/g, (parameter, number: string) => {
    const value = params[Number(number) - 1];
    if (value === undefined) throw new Error(`${parameter} has no value in: ${sql}`);
    return quoteValue(typeof value === "boolean" ? Number(value) : value);
  });

/** Quotes a value. SQL text cannot contain NUL characters. */
function quoteValue(value: unknown): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") throw new Error(`A ${typeof value} cannot be backed up.`);
  return `'${escapeNul(value.replaceAll("'", "''"))}'`;
}

/** Replaces the NUL characters inside string literals by an expression. */
const escapeNul = (sql: string): string => sql.replaceAll("\0", "'||char(0)||'");
