import * as z from "zod";
import { CliError } from "../errors.ts";
import type { Row } from "./read_database.ts";

/** Returns whether a table has rows as soon as the service has started: its migrations, and its settings. */
export const isFilledAtStart = (table: string): boolean =>
  ["__drizzle_migrations", "d1_migrations", "settings"].includes(table);

const tables = z.array(z.object({ name: z.string() }));

/** Parses the result of `TABLES_QUERY`. */
export const parseTableNames = (rows: readonly Row[]): string[] => tables.parse(rows).map(({ name }) => name);

/**
 * Asserts that no data is lost if all tables are dropped.
 *
 * @param counts the row of `countQuery`
 * @throws CliError that names the tables with rows
 */
export function assertEmpty(counts: Row): void {
  const filled = Object.entries(counts).filter(([name, count]) => count !== 0 && !isFilledAtStart(name));
  if (filled.length === 0) return;
  const rows = filled.map(([name, count]) => `${name}: ${count}`).join(", ");
  throw new CliError(
    `the database is not empty (${rows}). A backup can be restored only to an empty database.`,
  );
}
