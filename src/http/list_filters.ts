import { parseLiteral } from "../dialect/python_literal.ts";
import { badRequest } from "./faults.ts";
import { parseStrictBoolean } from "./fields.ts";
import { LIKE_FILTER, type Microversion, RESOURCE_FILTER, SUPPORT_COUNT_INFO } from "./microversions.ts";
import { invalidFilters } from "./query.ts";

/** Filters by name, as a query contains them. */
export type QueryFilters = Readonly<Record<string, string>>;

/** The filters that users may apply to lists of a resource; admins may apply others, too. */
export interface AllowedFilters {
  readonly names: readonly string[];
  /** Whether `name~` filters by a part of the name. */
  readonly like: boolean;
  /** The microversions from which on some of them are not ignored, by their name. */
  readonly since: Readonly<Record<string, Microversion>>;
}

/**
 * Returns the filters of a query that apply, as Cinder does. Before 3.31 those that users may not apply are ignored.
 *
 * @throws Fault 400 naming them, from 3.31 on
 */
export function applicableFilters(
  { all_tenants, ...query }: QueryFilters,
  { names, like, since }: AllowedFilters,
  microversion: Microversion,
  admin: boolean,
): QueryFilters {
  const asked = Object.keys(query);
  if (microversion < RESOURCE_FILTER) {
    const first = new Map(Object.entries(since));
    const applies = (name: string) =>
      microversion >= (first.get(name) ?? 0) && (admin || names.includes(name));
    return Object.fromEntries(Object.entries(query).filter(([name]) => applies(name)));
  }
  if (asked.some((name) => /[^\0-\x7f]/.test(name))) {
    throw badRequest("Filter keys can only contain ASCII characters.");
  }
  if (admin) return query;
  const allowed = (name: string) =>
    names.includes(name) || (like && microversion >= LIKE_FILTER && name === "name~");
  const invalid = asked.filter((name) => !allowed(name));
  if (invalid.length > 0) throw invalidFilters(invalid);
  return query;
}

/**
 * Takes `with_count` from the filters of a query.
 *
 * @returns whether the response has the number of items on all pages, and the other filters
 * @throws Fault 400 if it is not a boolean
 */
export function takeWithCount(
  filters: QueryFilters,
  microversion: Microversion,
): { readonly counted: boolean; readonly filters: QueryFilters } {
  if (microversion < SUPPORT_COUNT_INFO) return { counted: false, filters };
  const { with_count, ...others } = filters;
  return { counted: parseStrictBoolean("with_count", with_count), filters: others };
}

/**
 * Parses the filter `metadata`, a dictionary as Python or JSON writes it.
 *
 * @returns keys and values as a JSON object; undefined for another value, which matches nothing
 */
export function parseMetadataFilter(text: string): string | undefined {
  const value = parseLiteral(text);
  if (!(value instanceof Map)) return undefined;
  const entries = [...value];
  if (!entries.every((entry) => entry.every((one) => typeof one === "string"))) return undefined;
  return JSON.stringify(Object.fromEntries(entries));
}

const OPERATORS = ["gt", "gte", "eq", "neq", "lt", "lte"] as const;
type Operator = (typeof OPERATORS)[number];
/** A comparison with a time, milliseconds since the epoch. */
export type TimeComparison = readonly [operator: Operator, time: number];

const TIME =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * Parses a filter of times: comma-separated comparisons such as `gt:2026-11-23T15:20:00`, of which one must hold.
 *
 * @throws Fault 400 naming the unknown operator or the invalid time
 */
export function parseTimeFilter(text: string): readonly TimeComparison[] {
  if (text === "") throw badRequest(`Invalid  operator`);
  const comparisons = text.split(",").map((comparison): TimeComparison => {
    const colon = comparison.indexOf(":");
    const asked = colon < 0 ? comparison : comparison.slice(0, colon);
    const operator = OPERATORS.find((one) => one === asked);
    if (operator === undefined) throw badRequest(`Invalid ${asked} operator`);
    const written = comparison.slice(colon + 1);
    const time = parseTime(written);
    if (Number.isNaN(time)) throw badRequest(`Invalid ${written} value`);
    return [operator, time];
  });
  // As in Cinder, the last comparison with an operator replaces the others.
  return [...new Map(comparisons)];
}

/** Parses a time of ISO 8601, which is UTC without a zone; NaN if it is none. */
function parseTime(text: string): number {
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = "Z"] =
    TIME.exec(text.trim()) ?? [];
  if (year === undefined) return Number.NaN;
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}` : "Z";
  const milliseconds = fraction.padEnd(3, "0").slice(0, 3);
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${offset}`);
}

/** Parses the value of a filter. Returns undefined if nothing can match, as for an unknown filter. */
export type ParseFilter<Filters, Context> = (value: string, context: Context) => Filters | undefined;

/**
 * Parses the values of filters. Every value is parsed: an invalid one is an error, even beside a filter that matches
 * nothing.
 *
 * @param none the filters of a list without any
 * @returns undefined if nothing can match
 * @throws Fault 400 for a value that a parser rejects
 * @example
 * parseFilters({ name: (display_name) => ({ display_name }) }, { name: "a" }, context, {}); // { display_name: "a" }
 */
export function parseFilters<Filters extends object, Context>(
  parsers: Readonly<Record<string, ParseFilter<Filters, Context>>>,
  query: QueryFilters,
  context: Context,
  none: Filters,
): Filters | undefined {
  let filters: Filters | undefined = none;
  for (const [name, value] of Object.entries(query)) {
    const parse = Object.hasOwn(parsers, name) ? parsers[name] : undefined;
    const filter = parse?.(value, context);
    filters = filters && filter && { ...filters, ...filter };
  }
  return filters;
}
