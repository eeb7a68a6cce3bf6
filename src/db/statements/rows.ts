import { Column, is } from "drizzle-orm";
import { SQLiteSelectBase } from "drizzle-orm/sqlite-core";
import type { Row } from "../engine/driver.ts";

/**
 * Makes a reader of the rows of a `select` that selects columns only. Drizzle's own reader inspects each value of each
 * row again, which on a long page takes as long as the rest of the request (decision 8).
 *
 * @returns undefined for a query that Drizzle's reader must read
 */
export function columnReader(query: object): ((rows: readonly Row[]) => unknown[]) | undefined {
  if (!is(query, SQLiteSelectBase)) return undefined;
  const columns: [name: string, column: Column][] = [];
  for (const [name, field] of Object.entries(query._.config.fields)) {
    if (!is(field, Column)) return undefined;
    columns.push([name, field]);
  }
  return (rows) =>
    rows.map((row) => {
      const result: Record<string, unknown> = {};
      let i = 0;
      // Not entries(), which makes an array for each value.
      for (const [name, column] of columns) {
        const value = row[i++];
        result[name] = value === null ? null : column.mapFromDriverValue(value);
      }
      return result;
    });
}
