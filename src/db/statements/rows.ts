import { Column, is, SQL } from "drizzle-orm";
import { SQLiteSelectBase } from "drizzle-orm/sqlite-core";
import type { Row } from "../engine/driver.ts";

/** The selected expressions whose values are used as the database returns them. */
const values = new WeakSet<object>();

/** Selects an expression whose value needs no conversion. */
export function selectValue<T>(expression: SQL<T>, name: string): SQL.Aliased<T> {
  const selected = expression.as(name);
  values.add(selected);
  return selected;
}

/**
 * Makes a reader of the rows of a `select` of columns and of what `selectValue` makes. Drizzle's own reader inspects each value of each
 * row again, which on a long page takes as long as the rest of the request (decision 8).
 *
 * @returns undefined for a query that Drizzle's reader must read
 */
export function columnReader(query: object): ((rows: readonly Row[]) => unknown[]) | undefined {
  if (!is(query, SQLiteSelectBase)) return undefined;
  const columns: [name: string, column: Column | undefined][] = [];
  for (const [name, field] of Object.entries(query._.config.fields)) {
    if (is(field, Column)) columns.push([name, field]);
    else if (is(field, SQL.Aliased) && values.has(field)) columns.push([name, undefined]);
    else return undefined;
  }
  return (rows) =>
    rows.map((row) => {
      const result: Record<string, unknown> = {};
      let i = 0;
      // Not entries(), which makes an array for each value.
      for (const [name, column] of columns) {
        const value = row[i++];
        result[name] = value === null || column === undefined ? value : column.mapFromDriverValue(value);
      }
      return result;
    });
}
