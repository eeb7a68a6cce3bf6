import { ALL_TYPES, DEFAULT_CLASS } from "../db/schema/index.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest } from "../http/faults.ts";
import { fits, tooLong } from "../http/fields.ts";
import {
  badKeys,
  keyOf,
  type LimitsInput,
  type LimitsKind,
  parseLimits,
  QUOTA_CLASS_SET,
  QUOTA_SET,
  type TypeName,
} from "./parse_limits.ts";
import {
  COUNTED,
  deleteStatements,
  LIMITED,
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
export const updateDefaultQuotaSet = (context: RequestContext, input: LimitsInput): Promise<QuotaSet> =>
  Object.keys(input).length === 0
    ? showDefaultQuotaSet(context)
    : setLimits(context, DEFAULT_CLASS, input, QUOTA_CLASS_SET);

/** Removes a project's own limits (API reference, "Delete quotas for a project"). */
export async function deleteQuotaSet({ db }: RequestContext, project_id: string): Promise<void> {
  await db.write(deleteStatements(project_id));
}

/** The rows that the quotas of a project are made from. */
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
 * @param input limits by the name of the quota
 * @throws Fault 400 for an unknown quota, a value that is not a limit, a limit below the usage, or an
 *   id of more than 255 characters
 */
export const updateQuotaSet = (
  context: RequestContext,
  project_id: string,
  input: LimitsInput,
): Promise<QuotaSet> => setLimits(context, project_id, input, QUOTA_SET);

/** @param project_id a project, or `DEFAULT_CLASS` for the defaults of all */
async function setLimits(
  { db, config }: RequestContext,
  project_id: string,
  input: LimitsInput,
  kind: LimitsKind,
): Promise<QuotaSet> {
  const named = Object.keys(input).filter((key) => !kind.ignored.includes(key));
  const changes = parseLimits(named, input, kind);
  if (changes === undefined) throw badKeys(kind, named, (await db.read(showDefaultStatements())).types);
  if (!fits(project_id)) throw badRequest(tooLong("quota_set_name", project_id));
  const { before, updated, defaults, types } = await db.write(updateStatements(project_id, changes));
  if (updated.length < changes.length) {
    const unknown = changes.some(({ type }) => type !== ALL_TYPES && keyOf(types, type) === undefined);
    throw unknown ? badKeys(kind, named, types) : limitBelowUsage(before, types, changes);
  }
  const unchanged = before.filter(
    (row) => !updated.some(({ volume_type }) => volume_type === row.volume_type),
  );
  const rows = [...unchanged, ...updated];
  return toQuotaSet({ rows, defaults, types, configured: config.defaultQuota });
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
