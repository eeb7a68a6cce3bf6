import { eq, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Row } from "../../../src/db/engine/driver.ts";
import { quotas, snapshots, transfers, volumes } from "../../../src/db/schema/index.ts";
import { type Query, queryBuilder } from "../../../src/db/statements/batch.ts";
import { columnReader } from "../../../src/db/statements/rows.ts";

/** Returns the values that the database can return for a column. */
const driverValue = (column: SQLiteColumn): fc.Arbitrary<unknown> => {
  const value: Record<string, fc.Arbitrary<unknown>> = {
    string: fc.string(),
    number: fc.integer(),
    boolean: fc.constantFrom(0, 1),
    json: fc.dictionary(fc.string(), fc.string()).map((object) => JSON.stringify(object)),
  };
  const known = value[column.dataType];
  if (known === undefined) throw new Error(`no values of ${column.dataType}`);
  return column.notNull ? known : fc.option(known);
};

const TABLES = [
  ["volumes", volumes],
  ["snapshots", snapshots],
  ["transfers", transfers],
  ["quotas", quotas],
] as const;

/** Reads rows as Drizzle does. */
const mapResult = (query: Query, rows: readonly Row[]): unknown => query.prepare().mapResult({ rows }, true);

describe("the reader of rows", () => {
  it.each(TABLES)("returns what Drizzle's reader returns, for any columns and rows of %s", (_name, table) => {
    const columns = Object.entries(queryBuilder.select().from(table)._.selectedFields);
    const example = fc
      .subarray(columns, { minLength: 1 })
      .chain((selected) =>
        fc.tuple(
          fc.constant(Object.fromEntries(selected)),
          fc.array(fc.tuple(...selected.map(([, column]) => driverValue(column))), { maxLength: 5 }),
        ),
      );
    fc.assert(
      fc.property(example, ([fields, rows]) => {
        const query = queryBuilder.select(fields).from(table);
        expect(columnReader(query)?.(rows)).toEqual(mapResult(query, rows));
      }),
    );
  });

  it.each<[string, Query]>([
    ["selects an expression", queryBuilder.select({ n: sql<number>`count(*)` }).from(volumes)],
    [
      "joins tables",
      queryBuilder.select().from(volumes).innerJoin(transfers, eq(transfers.volume_id, volumes.id)),
    ],
    ["writes", queryBuilder.delete(volumes).returning()],
  ])("leaves a query to Drizzle's reader that %s", (_what, query) => {
    expect(columnReader(query)).toBeUndefined();
  });
});
