import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { sortableName } from "../schema/index.ts";

/** Makes the condition that a column is equal to a value, or null if the value is. */
export const isSame =
  (column: SQLiteColumn | SQL) =>
  (value: SQL): SQL =>
    sql`${column} is ${value}`;

/**
 * Makes the condition that something has a name, which an index of `sortableName` serves. Without a name it is sorted as
 * if it had the empty one, and no name finds it.
 */
export const isNamed =
  (name: SQLiteColumn) =>
  (value: SQL): SQL =>
    sql`${sortableName(name)} = ${value} and ${name} is not null`;

/**
 * Makes the condition that a text contains another one, in upper or lower case. It does not use `like`, because D1
 * limits the length of its patterns.
 */
export const containsText =
  (column: SQLiteColumn | SQL) =>
  (value: SQL): SQL =>
    sql`instr(lower(${column}), lower(${value})) > 0`;

/** Makes the condition that one of the comparisons of a time holds: a JSON list of operators, each with a time. */
export const comparesTo =
  (time: SQLiteColumn | SQL) =>
  (value: SQL): SQL => {
    const operand = sql.raw("json_extract(comparison.value, '$[1]')");
    return sql`exists (select 1 from json_each(${value}) as comparison
      where case json_extract(comparison.value, '$[0]')
        when 'gt' then ${time} > ${operand} when 'gte' then ${time} >= ${operand}
        when 'lt' then ${time} < ${operand} when 'lte' then ${time} <= ${operand}
        when 'eq' then ${time} = ${operand} else ${time} <> ${operand} end)`;
  };
