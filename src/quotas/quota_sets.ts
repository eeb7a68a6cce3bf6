import { ALL_TYPES, DEFAULT_CLASS } from "../db/schema/index.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, invalid } from "../http/faults.ts";
import {
  COUNTED,
  deleteStatements,
  LIMITED,
  type Limits,
  type LimitsOfType,
  type QuotaRow,
  showDefaultStatements,
  showStatements,
  updateStatements,
} from "./quota_sets.sql.ts";
import { quotaName } from "./room.ts";

/** One quota of a project: its limit (-1 for none) and its usage. Nothing is ever only reserved. */
interface Quota {
  readonly limit: number;
  readonly in_use: number;
  readonly reserved: 0;
}

/** Quotas of a project by name: `volumes`, `gigabytes` …, and those of each volume type, `volumes_LUKS` …. */
type QuotaSet = Readonly<Record<string, Quota>>;

/** Returns the limits without the usage. */
export const limitsOf = (quotas: QuotaSet): Record<string, number> =>
  Object.fromEntries(Object.entries(quotas).map(([name, { limit }]) => [name, limit]));

/** Cinder's default limits of resources that this service does not have. */
const ABSENT_RESOURCES = { backups: 10, backup_gigabytes: 1000, groups: 10 };
/** The one limit that may be the text of a number. */
export const TEXT_LIMIT = "per_volume_gigabytes";
export const MAX_LIMIT = 2 ** 31 - 1;
/** Names that clients send beside the limits, and that are ignored. */
export const IGNORED = ["tenant_id", "id"];

/** Returns the quotas of a project (API reference, "Show quotas for a project", "Show quota usage"). */
export async function showQuotaSet({ db, config }: RequestContext, project_id: string): Promise<QuotaSet> {
  return toQuotaSet({ ...(await db.read(showStatements(project_id))), configured: config.defaultQuota });
}

/**
 * Returns the quotas of a project without limits of its own and without usage (API reference, "Get default quotas for a
 * project", "Show quota classes for a project").
 */
export async function showDefaultQuotaSet({ db, config }: RequestContext): Promise<QuotaSet> {
  return toQuotaSet({
    rows: [],
    ...(await db.read(showDefaultStatements())),
    configured: config.defaultQuota,
  });
}

/**
 * Sets the default limits of all projects (API reference, "Update quota classes for a project"), all or none.
 *
 * @param input limits by the name of the quota
 * @throws the faults of `updateQuotaSet`
 */
export const updateDefaultQuotaSet = (
  context: RequestContext,
  input: Readonly<Record<string, unknown>>,
): Promise<QuotaSet> => updateQuotaSet(context, DEFAULT_CLASS, input);

/** Removes a project's own limits (API reference, "Delete quotas for a project"). */
export async function deleteQuotaSet({ db }: RequestContext, project_id: string): Promise<void> {
  await db.write(deleteStatements(project_id));
}

/** What the quotas of a project result from. */
interface QuotaSources {
  /** The project's own limits and usage. */
  readonly rows: readonly QuotaRow[];
  /** The limits of the quota class `default`. */
  readonly defaults: readonly QuotaRow[];
  readonly types: readonly TypeName[];
  readonly configured: RequestContext["config"]["defaultQuota"];
}

function toQuotaSet({ rows, defaults, types, configured }: QuotaSources): QuotaSet {
  const own = new Map(rows.map((row) => [row.volume_type, row]));
  const ofClass = new Map(defaults.map((row) => [row.volume_type, row]));
  const fallback = { ...configured, ...ABSENT_RESOURCES };
  const quota = (name: (typeof LIMITED)[number], type: string, last: number): Quota => {
    const counted = COUNTED.find((counted) => counted === name);
    return {
      limit: own.get(type)?.[`${name}_limit`] ?? ofClass.get(type)?.[`${name}_limit`] ?? last,
      in_use: (counted && own.get(type)?.[`${counted}_in_use`]) ?? 0,
      reserved: 0,
    };
  };
  return Object.fromEntries([
    ...LIMITED.map((name) => [name, quota(name, ALL_TYPES, fallback[name])]),
    ...types.flatMap((type) =>
      COUNTED.map((name) => [quotaName(name, type.name), quota(name, type.key, -1)]),
    ),
  ]);
}

/**
 * Sets limits of a project (API reference, "Update quotas for a project"), all or none.
 *
 * @param project_id a project, or `DEFAULT_CLASS` for the defaults of all
 * @param input limits by the name of the quota
 * @throws Fault 400 for an unknown quota, a value that is not a limit, or a limit below the usage
 */
export async function updateQuotaSet(
  { db, config }: RequestContext,
  project_id: string,
  input: Readonly<Record<string, unknown>>,
): Promise<QuotaSet> {
  const named = Object.keys(input).filter((key) => !IGNORED.includes(key));
  const changes = parseLimits(named, input);
  if (changes === undefined) throw badKeys(named, (await db.read(showDefaultStatements())).types);
  const { before, updated, defaults, types } = await db.write(updateStatements(project_id, changes));
  if (updated.length < changes.length) {
    const unknown = changes.some(({ type }) => type !== ALL_TYPES && keyOf(types, type) === undefined);
    throw unknown ? badKeys(named, types) : limitBelowUsage(before, types, changes);
  }
  const unchanged = before.filter(
    (row) => !updated.some(({ volume_type }) => volume_type === row.volume_type),
  );
  const rows = [...unchanged, ...updated];
  return toQuotaSet({ rows, defaults, types, configured: config.defaultQuota });
}

/** A volume type: what `quotas` has of it, and what the names of its quotas end with. */
interface TypeName {
  readonly key: string;
  readonly name: string;
}

const keyOf = (types: readonly TypeName[], name: string): string | undefined =>
  types.find((type) => type.name === name)?.key;

/** Returns limits by type; undefined if a name is that of no quota, whatever types there are. */
function parseLimits(
  named: readonly string[],
  input: Readonly<Record<string, unknown>>,
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
    byType.set(type, { ...byType.get(type), [name]: parseLimit(key, input[key]) });
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
function badKeys(named: readonly string[], types: readonly TypeName[]): Error {
  const bad = named.filter((key) => {
    const quota = parseQuotaName(key);
    return quota === undefined || (quota[1] !== ALL_TYPES && keyOf(types, quota[1]) === undefined);
  });
  return invalid("input received", `Bad key(s) in quota set: ${bad.join(", ")}`);
}

function parseLimit(key: string, value: unknown): number {
  // As in Cinder, which compares every other limit with the usage, and so refuses texts.
  const textAllowed = key === TEXT_LIMIT;
  const limit =
    textAllowed && typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof limit !== "number" || !Number.isInteger(limit)) throw badRequest(`${key} must be an integer`);
  if (limit < -1) throw badRequest(`${key} must be >= -1`);
  if (limit > MAX_LIMIT) throw badRequest(`${key} must be <= ${MAX_LIMIT}`);
  return limit;
}

/** Returns the 400 for the first limit that is below the usage. */
function limitBelowUsage(
  rows: readonly QuotaRow[],
  types: readonly TypeName[],
  changes: readonly LimitsOfType[],
): Error {
  for (const { type, limits } of changes) {
    const key = type === ALL_TYPES ? ALL_TYPES : keyOf(types, type);
    const row = rows.find((row) => row.volume_type === key);
    for (const name of COUNTED) {
      const limit = limits[name];
      const old = row?.[`${name}_limit`] ?? null;
      const used = row?.[`${name}_in_use`] ?? 0;
      if (limit !== undefined && old !== null && limit !== old && limit >= 0 && limit < used) {
        return badRequest(
          `Quota ${quotaName(name, type)} limit must be equal or greater than existing resources. ` +
            `Current usage is ${used} and the requested limit is ${limit}.`,
        );
      }
    }
  }
  throw new Error("limits at or above the usage were refused");
}
