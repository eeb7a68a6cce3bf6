import { ALL_TYPES } from "../db/schema.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, invalid, unexplained } from "../http/faults.ts";
import { VOLUME_TYPES } from "../volume_types/volume_type.ts";
import {
  deleteStatements,
  LIMITED,
  type Limits,
  type LimitsOfType,
  type QuotaRow,
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
export type QuotaSet = Readonly<Record<string, Quota>>;

/** Cinder's default limits of resources that this service does not have. */
const ABSENT_RESOURCES = { backups: 10, backup_gigabytes: 1000, groups: 10 };
/** The quotas that each volume type has, too. */
const BY_TYPE = ["volumes", "gigabytes", "snapshots"] as const;
/** The names of all quotas. */
export const QUOTAS: readonly string[] = [
  ...LIMITED,
  ...VOLUME_TYPES.flatMap((type) => BY_TYPE.map((name) => quotaName(name, type.name))),
];
export const MAX_LIMIT = 2 ** 31 - 1;
/** Names that clients send beside the limits, and that are ignored. */
export const IGNORED = ["tenant_id", "id"];

/** Returns the quotas of a project (API reference, "Show quotas for a project", "Show quota usage"). */
export async function showQuotaSet({ db, config }: RequestContext, project_id: string): Promise<QuotaSet> {
  const { rows } = await db.read(showStatements(project_id));
  return toQuotaSet(rows, config.defaultQuota);
}

/** Returns the quotas of a project without limits of its own and without usage. */
export const showDefaultQuotaSet = ({ config }: RequestContext): QuotaSet =>
  toQuotaSet([], config.defaultQuota);

/** Removes a project's own limits (API reference, "Delete quotas for a project"). */
export async function deleteQuotaSet({ db }: RequestContext, project_id: string): Promise<void> {
  await db.write(deleteStatements(project_id));
}

function toQuotaSet(rows: readonly QuotaRow[], defaults: RequestContext["config"]["defaultQuota"]): QuotaSet {
  const row = (type: string) => rows.find(({ volume_type }) => volume_type === type);
  const all = row(ALL_TYPES);
  const fallback = { ...defaults, ...ABSENT_RESOURCES };
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
 * Sets limits of a project (API reference, "Update quotas for a project"), all or none.
 *
 * @param input limits by the name of the quota
 * @throws Fault 400 for an unknown quota, a value that is not a limit, or a limit below the usage
 */
export async function updateQuotaSet(
  { db, config }: RequestContext,
  project_id: string,
  input: Readonly<Record<string, unknown>>,
): Promise<QuotaSet> {
  const changes = parseLimits(input);
  const { before, updated } = await db.write(updateStatements(project_id, changes));
  const set = updated.flat();
  if (set.length < changes.length) throw limitBelowUsage(before, changes);
  const unchanged = before.filter((row) => !set.some(({ volume_type }) => volume_type === row.volume_type));
  return toQuotaSet([...unchanged, ...set], config.defaultQuota);
}

function parseLimits(input: Readonly<Record<string, unknown>>): LimitsOfType[] {
  const byType = new Map<string, Limits>();
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(input)) {
    if (IGNORED.includes(key)) continue;
    const quota = parseQuotaName(key);
    if (quota === undefined) {
      unknown.push(key);
      continue;
    }
    const [name, type] = quota;
    byType.set(type, { ...byType.get(type), [name]: parseLimit(key, value) });
  }
  if (unknown.length > 0) throw invalid("input received", `Bad key(s) in quota set: ${unknown.join(", ")}`);
  return [...byType].map(([volume_type, limits]) => ({ volume_type, limits }));
}

/** Returns the limit and the volume type that a quota's name stands for; undefined for an unknown name. */
function parseQuotaName(key: string): readonly [keyof Limits, string] | undefined {
  const overall = LIMITED.find((name) => name === key);
  if (overall !== undefined) return [overall, ALL_TYPES];
  for (const type of VOLUME_TYPES) {
    const name = BY_TYPE.find((name) => quotaName(name, type.name) === key);
    if (name !== undefined) return [name, type.name];
  }
  return undefined;
}

function parseLimit(key: string, value: unknown): number {
  const limit = typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof limit !== "number" || !Number.isInteger(limit)) throw badRequest(`${key} must be an integer`);
  if (limit < -1) throw badRequest(`${key} must be >= -1`);
  if (limit > MAX_LIMIT) throw badRequest(`${key} must be <= ${MAX_LIMIT}`);
  return limit;
}

/** Returns the 400 for the first limit that is below the usage. */
function limitBelowUsage(rows: readonly QuotaRow[], changes: readonly LimitsOfType[]): Error {
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
  return unexplained("limits at or above the usage");
}
