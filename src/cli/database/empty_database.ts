import * as z from "zod";
import { UsageError } from "../processes/supervise.ts";
import type { Row } from "./read_database.ts";

/** Whether a table is filled by whatever starts the service on a new database, which is no less empty for that. */
export const isFilledByMigrations = (table: string): boolean =>
  table === "__drizzle_migrations" || table === "d1_migrations";

/** A query of the tables that are not the database's own. */
export const TABLES_QUERY =
  "select name from sqlite_schema where type = 'table' and name not glob 'sqlite_*' and name not glob '_cf_*'";

const named = z.array(z.object({ name: z.string() }));

/** The names in the answer to `TABLES_QUERY`. */
export const tableNames = (rows: readonly Row[]): string[] => named.parse(rows).map(({ name }) => name);

/** A name in SQL. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A query of one row: how many rows each table has, by its name. Of at least one table. */
export const countsQuery = (tables: readonly string[]): string =>
  `select ${tables.map((name) => `(select count(*) from ${quoted(name)}) as ${quoted(name)}`).join(", ")}`;

/**
 * Makes sure that nothing is lost if all tables are dropped.
 *
 * @param counts the answer to `countsQuery`
 * @throws UsageError naming the tables that are not empty
 */
export function assertEmpty(counts: Row): void {
  const filled = Object.entries(counts).filter(([name, count]) => count !== 0 && !isFilledByMigrations(name));
  if (filled.length === 0) return;
  const rows = filled.map(([name, count]) => `${name}: ${count}`).join(", ");
  throw new UsageError(`the database is not empty (${rows}). A backup is restored to an empty one alone.`);
}
