import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";

// Callers choose the number of members. Two objects are compared and merged in the time of reading each once: a step for
// each pair of members, as in nested `json_each` and in `json_patch`, takes minutes for some thousand.

/**
 * Makes the condition that a JSON object has all keys with the values of another one.
 *
 * @param also another condition under which a member of `object`, `own`, counts
 */
export const containsAll =
  (object: SQLiteColumn | SQL, also: (wanted: SQL) => SQL = () => sql`false`) =>
  (wanted: SQL): SQL =>
    sql`(select count(*) from json_each(${object}) as own
      where (own.key, own.value) in (select key, value from json_each(${wanted})) or ${also(wanted)})
      = (select count(*) from json_each(${wanted}))`;

/** Makes the JSON object with the members of two others; those of the second replace those of the first. */
export const mergeObjects = (object: SQLiteColumn | SQL, added: SQL): SQL =>
  sql`(select json_group_object(key, value) from (
    select key, value from json_each(${object}) where key not in (select key from json_each(${added}))
    union all select key, value from json_each(${added})))`;
