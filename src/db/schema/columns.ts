import { type SQL, sql } from "drizzle-orm";
import { integer, type SQLiteColumn } from "drizzle-orm/sqlite-core";

/** Reads the database's clock, milliseconds since the epoch. */
export const now = sql<number>`(cast(unixepoch('subsec') * 1000 as integer))`;

/**
 * The order of creation, assigned by the database. Lists sorted by `created_at` follow it: it is unique, so one
 * comparison finds the start of a page.
 */
export const seq = () => integer().primaryKey();

/**
 * The name that lists are sorted and filtered by: a keyset comparison cannot contain SQL's NULL. It is a CASE
 * because drizzle-kit splits an index expression at its commas.
 */
export const sortableName = (name: SQL | SQLiteColumn): SQL<string> =>
  sql<string>`case when ${name} is null then '' else ${name} end`;

/** The same in an index of a table with a `display_name`. */
export const indexedName = sortableName(sql`"display_name"`);
