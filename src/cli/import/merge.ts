import * as z from "zod";
import type { ShownFields } from "./records.ts";

const fields = z.record(z.string(), z.unknown());

/**
 * Returns what is known of a resource of a Cinder as JSON: what it shows now, and what it showed at an earlier import
 * and does not now, for example because this answer has an older microversion. Equal fields are equal texts.
 *
 * @param before the JSON of the last import; null if there was none
 */
export function mergeShown(before: string | null, shown: ShownFields): string {
  const known = before === null ? {} : fields.parse(JSON.parse(before));
  return JSON.stringify(sortKeys({ ...known, ...shown }));
}

/** Sorts the keys of objects: Cinder and programs that read its answers write them in any order. */
function sortKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sortKeys);
  const entries = Object.entries(value).map(([key, item]) => [key, sortKeys(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Writes rows as lists in JSON.
 *
 * @param maxBytes the greatest number of bytes of a list as SQL; a longer row is a list by itself
 */
export function toJsonLists(rows: readonly object[], maxBytes: number): string[] {
  const lists: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const json = JSON.stringify(row);
    // A quote is doubled in SQL, and a comma follows.
    const length = Buffer.byteLength(json) + (json.match(/'/g)?.length ?? 0) + 1;
    if (bytes + length > maxBytes) {
      lists.push([]);
      bytes = 2;
    }
    lists.at(-1)?.push(json);
    bytes += length;
  }
  return lists.map((list) => `[${list.join(",")}]`);
}
