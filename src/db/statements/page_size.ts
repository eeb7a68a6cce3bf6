import { type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

// A page ends before `limit` rows if they are long: neither a database nor the memory of an isolate can take a thousand
// volumes with 100 KB of metadata each.

/** The bytes of the long columns of a page's rows, for each row that it may have, at least, and at most. */
const BYTES_PER_ROW = 16_000;
const MIN_BYTES = 500_000;
const MAX_BYTES = 4_000_000;

/** The bytes of the ranges of a page together: none can rely on the others for its rows. */
const MAX_BYTES_OF_RANGES = 2 * MAX_BYTES;
/** The bytes of the columns of a row that cannot be long, about. */
const SHORT_BYTES = 2000;
/** The most bytes of a resource's metadata as JSON: those of the largest request body. */
export const MAX_METADATA_BYTES = 114_688;

/**
 * Returns the bytes at which a page ends that may have `limit` rows. The last row may exceed them.
 *
 * @param ranges the number of ranges that are read for the page
 */
export const pageBytes = (limit: number, ranges = 1): number =>
  Math.min(Math.max(MIN_BYTES, limit * BYTES_PER_ROW), MAX_BYTES, MAX_BYTES_OF_RANGES / ranges);

/**
 * Returns the most bytes that are read for a page, about.
 *
 * @param canBeLong whether the rows have long columns
 */
export const maxPageBytes = (limit: number, ranges: number, canBeLong: boolean): number =>
  ranges *
  (limit * SHORT_BYTES + (canBeLong ? Math.min(limit * MAX_METADATA_BYTES, pageBytes(limit, ranges)) : 0));

/** Rows of a table that can be long. */
export interface LongRows {
  /** The bytes of a row's long columns. Each row that is read has them as `bytes`. */
  readonly bytes: SQL<number>;
  /** The condition that there is a long row among those that the list contains, which an index answers. */
  readonly exist: SQL;
}

/** The part of a list that a statement reads. */
interface Range {
  readonly from: SQLiteTable;
  readonly where: SQL | undefined;
  readonly order: readonly SQL[];
  readonly limit: SQL;
  readonly offset: SQL;
}

/**
 * Makes the order and the limits of a range. They are one term, because Drizzle takes no expression as a limit.
 *
 * @param long undefined if no row can be long
 * @param maxBytes the bytes after which the range ends
 */
export function orderWithin(range: Range, long: LongRows | undefined, maxBytes: SQL): SQL {
  const { from, where, limit, offset } = range;
  const order = sql.join([...range.order], sql`, `);
  if (long === undefined) return sql`${order} limit ${limit} offset ${offset}`;
  const rows = sql`select ${long.bytes} as bytes from ${from} where ${where ?? sql`true`}
    order by ${order} limit ${limit} offset ${offset}`;
  return sql`${order} limit case when ${long.exist} then (select count(*) from (
      select sum(bytes) over (rows between unbounded preceding and 1 preceding) as before from (${rows}))
    where coalesce(before, 0) < ${maxBytes}) else ${limit} end offset ${offset}`;
}

/** The rows of a page. */
export interface PageRows<Row> {
  readonly rows: readonly Row[];
  /** Whether there may be further pages. */
  readonly more: boolean;
}

/**
 * Cuts rows to a page. A statement whose range ended at its bytes has read no further rows of it: those of other ranges
 * may follow only after the next page.
 *
 * @param rows those of all ranges, in their order
 * @param maxBytes the bytes at which the ranges ended
 */
export function cutPage<Row extends { readonly id: string; readonly bytes?: number }>(
  rows: readonly Row[],
  limit: number,
  maxBytes = pageBytes(limit),
): PageRows<Row> {
  let bytes = 0;
  let count = 0;
  for (const row of rows) {
    if (count === limit || (count > 0 && bytes >= maxBytes)) break;
    bytes += row.bytes ?? 0;
    count++;
  }
  return { rows: rows.slice(0, count), more: count > 0 && (count === limit || bytes >= maxBytes) };
}
