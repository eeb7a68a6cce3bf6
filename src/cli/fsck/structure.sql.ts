import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import {
  createRates,
  eventEndpoints,
  eventRetries,
  events,
  failedAttempts,
  fences,
  openings,
  quotas,
  settings,
  snapshots,
  transfers,
  volumeRates,
  volumes,
  volumeTypeAccess,
  volumeTypes,
} from "../../db/schema/index.ts";

/** The tables of the service. */
export const TABLES: readonly SQLiteTable[] = [
  volumes,
  snapshots,
  transfers,
  quotas,
  failedAttempts,
  openings,
  createRates,
  volumeRates,
  settings,
  volumeTypes,
  volumeTypeAccess,
  events,
  eventEndpoints,
  eventRetries,
  fences,
];

/** The tables whose rows are counted. */
const COUNTED: readonly SQLiteTable[] = [volumes, snapshots, transfers, quotas];

/** The names of all columns, as `table.column`. */
export const COLUMN_NAMES: readonly string[] = TABLES.map(getTableConfig).flatMap(({ name, columns }) =>
  columns.map((column) => `${name}.${column.name}`),
);

/** Selects the tables, indexes and triggers. The indexes that SQLite makes by itself have no definition. */
export const SCHEMA_QUERY =
  "select type, name, tbl_name, sql from sqlite_schema where sql is not null order by type, name";

/** Selects the names of all columns, as `table.column`. */
export const COLUMN_NAMES_QUERY = `select t.name || '.' || c.name as name
  from sqlite_schema t join pragma_table_info(t.name) c
  where t.type = 'table' and t.name in (${TABLES.map((table) => `'${getTableConfig(table).name}'`).join(", ")})`;

/** Selects one row with the number of rows of each kind, by the name of the kind. */
export const COUNTS_QUERY = `select ${[
  ...COUNTED.map(getTableConfig).map(
    ({ name }) => `(select count(*) from ${name}) as "${name === "quotas" ? "quota rows" : name}"`,
  ),
  `(select count(*) from transfers where deleted_at is null) as "open transfers"`,
].join(", ")}`;

/**
 * Returns a query that checks the database file. It selects `ok`, or one row for each problem.
 *
 * @param kind D1 allows only `quick_check`, which does not compare indexes with their tables
 * @param limit the maximum number of problems
 */
export const integrityQuery = (kind: "libsql" | "local D1" | "remote D1", limit: number): string =>
  `pragma ${kind === "libsql" ? "integrity_check" : "quick_check"}(${limit})`;

/** Limits a query of `id` and `detail`, and adds the number of all rows as `total`. */
export const limitQuery = (sql: string, limit: number): string =>
  `select id, detail, count(*) over () as total from (${sql}) limit ${limit}`;
