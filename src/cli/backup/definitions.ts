import * as z from "zod";
import type { Row } from "../database/read_database.ts";

const definitions = z.array(z.object({ name: z.string(), type: z.string(), sql: z.string() }));

/** The statements that make an empty copy of a database. */
interface Definitions {
  readonly tables: readonly { readonly name: string; readonly sql: string }[];
  /** The indexes and triggers. An index is made faster of all rows than with each row. */
  readonly others: readonly string[];
}

/**
 * Parses the result of `DEFINITIONS_QUERY`.
 *
 * @param tables the names of the tables to copy
 */
export function parseDefinitions(rows: readonly Row[], tables: readonly string[]): Definitions {
  const all = definitions.parse(rows);
  return {
    tables: all.filter(({ type, name }) => type === "table" && tables.includes(name)),
    others: all.filter(({ type }) => type !== "table").map(({ sql }) => sql),
  };
}
