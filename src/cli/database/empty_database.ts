import { CliError } from "../errors.ts";
import type { Row } from "./read_database.ts";
import { dropEmptyStatements, dropStatement } from "./tables.sql.ts";

/**
 * Returns whether a table has rows as soon as the service has started: its migrations, the types that these make, its
 * settings, and the endpoints of its events.
 */
const isFilledAtStart = (table: string): boolean =>
  ["__drizzle_migrations", "d1_migrations", "settings", "volume_types", "event_endpoints"].includes(table);

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

/** Returns the statements that drop empty tables. They fail if rows were inserted after `assertEmpty`. */
export const dropTables = (tables: readonly string[]): string[] =>
  tables.flatMap((table) => (isFilledAtStart(table) ? [dropStatement(table)] : dropEmptyStatements(table)));
