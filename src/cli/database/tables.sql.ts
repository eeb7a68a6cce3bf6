import type { Statement } from "../../db/engine/driver.ts";

/** Selects the names of the tables, without those of SQLite, D1 and Litestream. */
export const TABLES_QUERY = `select name from sqlite_schema where type = 'table'
  and name not glob 'sqlite_*' and name not glob '_cf_*' and name not glob '_litestream_*'`;

/** Selects the definitions of tables, indexes and triggers, in the order of their creation. */
export const DEFINITIONS_QUERY =
  "select name, type, sql from sqlite_schema where sql is not null order by rowid";

/** Quotes an identifier. */
const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The table that records the migrations of a libSQL database, and that of a D1 database. */
export const LIBSQL_MIGRATIONS = "__drizzle_migrations";
export const D1_MIGRATIONS = "d1_migrations";

/** Selects the migrations that were applied to a libSQL database, by the time at which each was made. */
export const LIBSQL_APPLIED = `select created_at as applied from ${LIBSQL_MIGRATIONS}`;
/** Selects the migrations that were applied to a D1 database, by the names of their files. */
export const D1_APPLIED = `select name as applied from ${D1_MIGRATIONS}`;

/** Creates the table in which wrangler records the migrations of a D1 database. */
export const CREATE_D1_MIGRATIONS = `CREATE TABLE IF NOT EXISTS ${D1_MIGRATIONS}(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

/** Returns the statement that records migrations as wrangler does, by the names of their files. */
export const recordInD1 = (files: readonly string[]): string =>
  `INSERT INTO ${D1_MIGRATIONS} (name) VALUES ${files.map((file) => `('${file}')`).join(",")}`;

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
 * Returns a query of a page of a table, as parts: a list of rows as SQL values (`content`), and the rowid of the last
 * (`last`). Its parameters are the rowid after which the page begins, and the number of rows.
 *
 * @param bytes the size of a part. A row that is longer is part of one that is larger.
 */
export function pageQuery(table: string, columns: readonly string[], bytes: number): string {
  const values = columns.map(quoteIdentifier).map(
    (column) =>
      // SQLite's `quote` ends a text at its first NUL.
      `case when instr(${column}, char(0)) then 'cast(x' || quote(hex(${column})) || ' as text)' else quote(${column}) end`,
  );
  return `select group_concat(content, ',' || char(10)) as content, max(last) as last from (
    select last, content, sum(length(cast(content as blob)) + 2) over (order by last) / ${Math.floor(bytes / 2)} as part
    from (
      select rowid as last, '(' || ${values.join(" || ',' || ")} || ')' as content
      from ${quoteIdentifier(table)} where rowid > ? order by rowid limit ?
    )
  ) group by part order by part`;
}

/** Returns a query of the rows of a table in a range of rowids. Its parameters are the one before the range, and its last. */
export const rangeQuery = (table: string): string =>
  `select * from ${quoteIdentifier(table)} where rowid > ? and rowid <= ? order by rowid`;

/** Returns the statement that inserts the rows of a part of a page. */
export const insertPart = (table: string, columns: readonly string[], content: string): string =>
  `INSERT INTO ${quoteIdentifier(table)} (${columns.map(quoteIdentifier).join(",")}) VALUES\n${content}`;

/** Characters of a text that one statement holds. A character has up to 4 bytes, and a row several long texts. */
const TEXT_LENGTH = 4_000;

/**
 * Returns the statements that insert a row: the part of a text that a statement cannot hold is appended by the next.
 */
export function insertStatements(table: string, row: Readonly<Record<string, unknown>>): string[] {
  const name = quoteIdentifier(table);
  const texts = Object.entries(row).map(([column, value]) => ({
    column: quoteIdentifier(column),
    parts: typeof value === "string" ? splitText(value) : [value],
  }));
  const columns = texts.map(({ column }) => column).join(",");
  const first = texts.map(({ parts }) => quoteValue(parts[0])).join(",");
  return [
    `INSERT INTO ${name} (${columns}) VALUES(${first})`,
    ...texts.flatMap(({ column, parts }) =>
      parts
        .slice(1)
        .map(
          (part) =>
            `UPDATE ${name} SET ${column} = ${column} || ${quoteValue(part)} WHERE rowid = (SELECT max(rowid) FROM ${name})`,
        ),
    ),
  ];
}

const PARTS = new RegExp(`.{1,${TEXT_LENGTH}}`, "gsu");

/** Splits a text, and no character of it. */
const splitText = (text: string): string[] => text.match(PARTS) ?? [""];

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
  if (value.includes("\0")) return `cast(x'${Buffer.from(value).toString("hex")}' as text)`;
  return `'${value.replaceAll("'", "''")}'`;
}
