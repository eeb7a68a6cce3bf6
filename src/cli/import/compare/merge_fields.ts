import * as z from "zod";
import type { ShownFields } from "../read/records.ts";

const fields = z.record(z.string(), z.unknown());

/**
 * Returns the fields of a Cinder's resource as JSON: those that it shows now, and those that only an earlier import
 * saw, for example because this answer has an older microversion. Equal fields are equal texts.
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
