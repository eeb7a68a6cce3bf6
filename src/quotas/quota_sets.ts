import { ALL_TYPES } from "../db/schema.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, invalid, unexplained } from "../http/faults.ts";
import { VOLUME_TYPES } from "../volume_types/volume_type.ts";
import { getQuotaRows, type LimitsOfType, type QuotaRow, updateLimits } from "./quota_sets.sql.ts";
import { quotaName } from "./room.ts";
import { LIMITED, type Limits } from "./usage.sql.ts";

/** One quota of a project: its limit (-1 is none) and what is in use. Nothing is ever only reserved. */
interface Quota {
  readonly limit: number;
  readonly in_use: number;
  readonly reserved: 0;
}

/** Quotas of a project by name: `volumes`, `gigabytes` …, and those of each volume type, `volumes_LUKS` …. */
export type QuotaSet = Readonly<Record<string, Quota>>;

/** Limits of things that Cinder has and this service has not: its own defaults. */
const ELSEWHERE = { backups: 10, backup_gigabytes: 1000, groups: 10 };
/** The quotas that each volume type has, too. */
const BY_TYPE = ["volumes", "gigabytes", "snapshots"] as const;
/** The names of all quotas. */
export const QUOTAS: readonly string[] = [
  ...LIMITED,
  ...VOLUME_TYPES.flatMap((type) => BY_TYPE.map((name) => quotaName(name, type.name))),
];
export const MAX_LIMIT = 2 ** 31 - 1;
/** What clients put beside the limits. */
export const NOT_LIMITS = ["tenant_id", "id"];

/** The quotas of a project (API reference, "Show quotas for a project", "Show quota usage"). */
export const quotaSet = async ({ db, config }: RequestContext, project_id: string): Promise<QuotaSet> =>
  fromRows(await getQuotaRows(db, project_id), config.defaultQuota);

/** The quotas of a project that has none of its own and nothing in use. */
export const defaultQuotaSet = ({ config }: RequestContext): QuotaSet => fromRows([], config.defaultQuota);

function fromRows(rows: readonly QuotaRow[], defaults: RequestContext["config"]["defaultQuota"]): QuotaSet {
  const row = (type: string) => rows.find(({ volume_type }) => volume_type === type);
  const all = row(ALL_TYPES);
  const fallback = { ...defaults, ...ELSEWHERE };
  const quota = (limit: number, in_use = 0): Quota => ({ limit, in_use, reserved: 0 });
  return Object.fromEntries([
    ...LIMITED.map((name) => {
      const in_use =
        name === "volumes" || name === "gigabytes" || name === "snapshots" ? all?.[`${name}_in_use`] : 0;
      return [name, quota(all?.[`${name}_limit`] ?? fallback[name], in_use)];
    }),
    ...VOLUME_TYPES.flatMap((type) =>
      BY_TYPE.map((name) => {
        const own = row(type.name);
        return [quotaName(name, type.name), quota(own?.[`${name}_limit`] ?? -1, own?.[`${name}_in_use`])];
      }),
    ),
  ]);
}

/**
 * Sets limits of a project (API reference, "Update quotas for a project"): all that are given, or none.
 *
 * @param input limits by the name of the quota
 * @throws Fault 400 for a name that is no quota, a value that is no limit, or a limit below the usage
 */
export async function setLimits(
  { db, config }: RequestContext,
  project_id: string,
  input: Readonly<Record<string, unknown>>,
): Promise<QuotaSet> {
  const changes = readLimits(input);
  const { before, updated } = await updateLimits(db, project_id, changes);
  if (updated.length < changes.length) throw belowUsage(before, changes);
  const untouched = before.filter(
    (row) => !updated.some(({ volume_type }) => volume_type === row.volume_type),
  );
  return fromRows([...untouched, ...updated], config.defaultQuota);
}

function readLimits(input: Readonly<Record<string, unknown>>): LimitsOfType[] {
  const byType = new Map<string, Limits>();
  const bad: string[] = [];
  for (const [key, value] of Object.entries(input)) {
    if (NOT_LIMITS.includes(key)) continue;
    const known = limitOf(key);
    if (known === undefined) {
      bad.push(key);
      continue;
    }
    const [name, type] = known;
    byType.set(type, { ...byType.get(type), [name]: readLimit(key, value) });
  }
  if (bad.length > 0) throw invalid("input received", `Bad key(s) in quota set: ${bad.join(", ")}`);
  return [...byType].map(([volume_type, limits]) => ({ volume_type, limits }));
}

/** What the name of a quota stands for: which limit, and of which volume type. */
function limitOf(key: string): readonly [keyof Limits, string] | undefined {
  const overall = LIMITED.find((name) => name === key);
  if (overall !== undefined) return [overall, ALL_TYPES];
  for (const type of VOLUME_TYPES) {
    const name = BY_TYPE.find((name) => quotaName(name, type.name) === key);
    if (name !== undefined) return [name, type.name];
  }
  return undefined;
}

function readLimit(key: string, value: unknown): number {
  const limit = typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof limit !== "number" || !Number.isInteger(limit)) throw badRequest(`${key} must be an integer`);
  if (limit < -1) throw badRequest(`${key} must be >= -1`);
  if (limit > MAX_LIMIT) throw badRequest(`${key} must be <= ${MAX_LIMIT}`);
  return limit;
}

/** The 400 for the first limit that is below what is in use. */
function belowUsage(rows: readonly QuotaRow[], changes: readonly LimitsOfType[]): Error {
  for (const { volume_type, limits } of changes) {
    const row = rows.find((row) => row.volume_type === volume_type);
    for (const name of BY_TYPE) {
      const limit = limits[name];
      const old = row?.[`${name}_limit`] ?? null;
      const used = row?.[`${name}_in_use`] ?? 0;
      if (limit !== undefined && old !== null && limit !== old && limit >= 0 && limit < used) {
        return badRequest(
          `Quota ${quotaName(name, volume_type)} limit must be equal or greater than existing resources. ` +
            `Current usage is ${used} and the requested limit is ${limit}.`,
        );
      }
    }
  }
  return unexplained("limits");
}
