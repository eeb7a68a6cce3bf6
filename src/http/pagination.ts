import type { Direction, Page, Sort } from "../db/statements/keyset.ts";
import { badRequest, invalid } from "./faults.ts";

const MAX_OFFSET = 2 ** 31 - 1;
/**
 * The most sort keys of a list. After a marker each of them repeats the conditions of all others: with all keys a
 * statement takes long to make, and with an offset it is larger than D1 accepts.
 */
export const MAX_SORT_KEYS = 5;

/** The query parameters of every list. */
export const LIST_QUERY = [
  "limit",
  "offset",
  "marker",
  "sort",
  "sort_key",
  "sort_dir",
  "all_tenants",
] as const;

/** The parsed query of a list: the page, and all other parameters as filters. */
export interface ListQuery {
  readonly page: Page;
  readonly filters: Readonly<Record<string, string>>;
}

/**
 * Parses `limit`, `offset`, `marker`, `sort`, `sort_key` and `sort_dir` (API reference, "List volume transfers").
 *
 * @param query the query parameters
 * @param maxLimit the default limit, and the highest
 * @param sortKeys an object whose property names are the resource's sort keys
 * @throws Fault 400 naming the invalid parameter
 * @example
 * const { page, filters } = listQuery(queryOf(c), c.get("config").maxLimit, VOLUME_SORT_KEYS);
 */
export function listQuery(
  query: Readonly<Record<string, string>>,
  maxLimit: number,
  sortKeys: Readonly<Record<string, unknown>>,
): ListQuery {
  const { limit, offset, marker, sort, sort_key, sort_dir, ...filters } = query;
  const order = readSort(sort, sort_key, sort_dir);
  if (new Set(order.map(({ key }) => key)).size > MAX_SORT_KEYS)
    throw badRequest(`a list takes at most ${MAX_SORT_KEYS} sort keys`);
  if (!order.every(({ key }) => Object.hasOwn(sortKeys, key))) {
    throw invalid("input received", "Invalid sort key");
  }
  const page = {
    limit: Math.min(readLimit(limit, maxLimit), maxLimit),
    offset: readOffset(offset),
    marker,
    sort: order,
  };
  return { page, filters };
}

const integer = (text: string): number | undefined =>
  /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : undefined;

function readLimit(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const limit = integer(text);
  if (limit === undefined) throw badRequest("limit param must be an integer");
  if (limit < 0) throw badRequest("limit param must be positive");
  return limit;
}

function readOffset(text: string | undefined): number {
  if (text === undefined) return 0;
  const offset = integer(text);
  if (offset === undefined) throw badRequest("offset must be an integer");
  if (offset < 0) throw badRequest("offset must be >= 0");
  if (offset > MAX_OFFSET) throw badRequest(`offset must be <= ${MAX_OFFSET}`);
  return offset;
}

function readSort(
  sort: string | undefined,
  sort_key: string | undefined,
  sort_dir: string | undefined,
): Sort[] {
  if (sort !== undefined && (sort_key !== undefined || sort_dir !== undefined)) {
    throw badRequest(
      "The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with the 'sort' parameter.",
    );
  }
  if (sort === undefined) return [{ key: (sort_key ?? "created_at").trim(), direction: direction(sort_dir) }];
  return sort.split(",").map((one) => {
    const colon = one.indexOf(":");
    const [key, dir] = colon < 0 ? [one, ""] : [one.slice(0, colon), one.slice(colon + 1)];
    return { key: key.trim(), direction: direction(dir || undefined) };
  });
}

function direction(text: string | undefined): Direction {
  const dir = text?.trim() ?? "desc";
  if (dir === "asc" || dir === "desc") return dir;
  throw invalid("input received", "Unknown sort direction, must be 'desc' or 'asc'.");
}

/**
 * Returns the query of the next page.
 *
 * @param query the query of this page, without the question mark
 * @param lastId the id of this page's last item
 */
export function nextPageQuery(query: string, lastId: string): string {
  const next = new URLSearchParams(query);
  next.set("marker", lastId);
  // The marker is already behind the items that the offset skipped.
  next.delete("offset");
  return next.toString();
}
