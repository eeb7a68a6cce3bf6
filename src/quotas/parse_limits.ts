import * as z from "zod/mini";
import { ALL_TYPES } from "../db/schema/index.ts";
import { validate } from "../http/body.ts";
import { badRequest, invalid } from "../http/faults.ts";
import { integer } from "../http/fields.ts";
import { COUNTED, LIMITED, type Limits, type LimitsOfType } from "./quota_sets.sql.ts";

/** The one limit of a project that may be the text of a number. */
export const TEXT_LIMIT = "per_volume_gigabytes";
export const MAX_LIMIT = 2 ** 31 - 1;
/** Names that clients send beside the limits of a project, and that are ignored. */
export const IGNORED = ["tenant_id", "id"];

/** Limits by the name of the quota, as a request has them. */
export type LimitsInput = Readonly<Record<string, unknown>>;

/** The differences between the limits of a project and those of a quota class. */
export interface LimitsKind {
  readonly what: "quota set" | "quota class set";
  readonly ignored: readonly string[];
  /** @throws Fault 400 for a value that is not a limit */
  readonly parse: (key: string, value: unknown) => number;
}

/** A volume type: its key in `quotas`, and the end of the names of its quotas. */
export interface TypeName {
  readonly key: string;
  readonly name: string;
}

/** Returns the key of the type with a name. */
export const keyOf = (types: readonly TypeName[], name: string): string | undefined =>
  types.find((type) => type.name === name)?.key;

/**
 * Returns limits by type; undefined if a name is that of no quota, whatever types there are.
 *
 * @throws Fault 400 for a value that is not a limit
 */
export function parseLimits(
  named: readonly string[],
  input: LimitsInput,
  { parse }: LimitsKind,
): LimitsOfType[] | undefined {
  const byType = new Map<string, Limits>();
  let unknown = false;
  for (const key of named) {
    const quota = parseQuotaName(key);
    if (quota === undefined) {
      unknown = true;
      continue;
    }
    const [name, type] = quota;
    byType.set(type, { ...byType.get(type), [name]: parse(key, input[key]) });
  }
  return unknown ? undefined : [...byType].map(([type, limits]) => ({ type, limits }));
}

/** Returns the limit and the name of the type that a quota's name stands for; undefined for an unknown name. */
function parseQuotaName(key: string): readonly [keyof Limits, string] | undefined {
  const overall = LIMITED.find((name) => name === key);
  if (overall !== undefined) return [overall, ALL_TYPES];
  const name = COUNTED.find((name) => key.startsWith(`${name}_`) && key.length > name.length + 1);
  return name && [name, key.slice(name.length + 1)];
}

/** Makes the 400 that lists the names of no quota. */
export function badKeys({ what }: LimitsKind, named: readonly string[], types: readonly TypeName[]): Error {
  const bad = named.filter((key) => {
    const quota = parseQuotaName(key);
    return quota === undefined || (quota[1] !== ALL_TYPES && keyOf(types, quota[1]) === undefined);
  });
  return invalid("input received", `Bad key(s) in ${what}: ${bad.join(", ")}`);
}

/** Parses a limit of a project. As in Cinder, which compares every other one with the usage, only one may be a text. */
function parseLimit(key: string, value: unknown): number {
  const textAllowed = key === TEXT_LIMIT;
  const limit =
    textAllowed && typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof limit !== "number" || !Number.isInteger(limit)) throw badRequest(`${key} must be an integer`);
  if (limit < -1) throw badRequest(`${key} must be >= -1`);
  if (limit > MAX_LIMIT) throw badRequest(`${key} must be <= ${MAX_LIMIT}`);
  return limit;
}

const INVALID_TYPE = "is not of type 'integer', 'string'";
const classLimit = z
  .pipe(
    z.union([integer(INVALID_TYPE), z.string()], INVALID_TYPE).check(
      z.refine((value) => value !== "", "should be non-empty"),
      z.refine((value) => typeof value === "number" || /^[0-9]*$/.test(value), "does not match '^[0-9]*$'"),
    ),
    z.transform(Number),
  )
  .check(
    z.refine((limit) => limit >= -1, "is less than the minimum of -1"),
    z.refine((limit) => limit <= MAX_LIMIT, `is greater than the maximum of ${MAX_LIMIT}`),
  );

/** Parses a limit of a quota class, which Cinder validates by a schema. */
const parseClassLimit = (key: string, value: unknown): number =>
  validate(z.record(z.string(), classLimit), { [key]: value })[key] ?? 0;

/** The limits of a project. */
export const QUOTA_SET: LimitsKind = { what: "quota set", ignored: IGNORED, parse: parseLimit };
/** The limits of a quota class. */
export const QUOTA_CLASS_SET: LimitsKind = { what: "quota class set", ignored: [], parse: parseClassLimit };
