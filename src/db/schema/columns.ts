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

/** Makes the name of a table's column, for an expression of an index. */
const unqualified = (name: string): SQL => sql.raw(`"${name}"`);

/**
 * The time of the last update of a volume or snapshot, by which lists are sorted and filtered: that of its creation until
 * something changes. One that its Cinder had not updated when it was imported has none: 0.
 */
export const lastUpdate = (
  column: (name: "updated_at" | "imported_fields" | "created_at") => SQL | SQLiteColumn = unqualified,
) =>
  sql<number>`case when ${column("updated_at")} is not null then ${column("updated_at")}
    when ${column("imported_fields")} is null then ${column("created_at")} else 0 end`;

/** Returns the same of a row; null if there is none. */
export const lastUpdateOf = (row: {
  readonly updated_at: number | null;
  readonly imported_fields: object | null;
  readonly created_at: number;
}): number | null => row.updated_at ?? (row.imported_fields === null ? row.created_at : null);

/** From this size on a row is long, bytes: a thousand shorter ones fit into a page of any list. */
const LONG_ROW = 4000;

/** Makes the condition of the partial indexes that contain only long rows, whose pages are bounded by their bytes. */
export const isLong = (bytes: SQL): SQL => sql`${bytes} > ${sql.raw(String(LONG_ROW))}`;

/** The bytes of the columns of a volume or snapshot that can be long. */
export const resourceBytes = (
  column: (name: "metadata" | "imported_fields" | "managed_reference") => SQL | SQLiteColumn = unqualified,
) =>
  sql<number>`octet_length(${column("metadata")}) + coalesce(octet_length(${column("imported_fields")}), 0)
    + coalesce(octet_length(${column("managed_reference")}), 0)`;
