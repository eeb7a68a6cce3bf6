import { and, eq, or, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { ALL_TYPES, DEFAULT_CLASS, quotas, volumeTypes } from "../db/schema/index.ts";
import { type Params, queryBuilder } from "../db/statements/batch.ts";

// `room.ts` has the messages for requests that `hasRoom` refuses. A property test compares the two.

/** Limits (-1 for none) and usage of a project, over all types or of one volume type. Gigabytes are GiB. */
export interface QuotaState {
  /** The type's name; empty over all types. */
  readonly volume_type: string;
  readonly volumes_limit: number;
  readonly gigabytes_limit: number;
  readonly snapshots_limit: number;
  readonly per_volume_gigabytes_limit: number;
  readonly volumes_in_use: number;
  readonly gigabytes_in_use: number;
  readonly snapshots_in_use: number;
}

/** The amounts that a request needs of a quota: the increase of each resource, and the size of the largest volume, GiB. */
export interface QuotaRequest<N> {
  readonly volumes: N;
  readonly gigabytes: N;
  readonly snapshots: N;
  readonly volume_size: N;
}

/** The configured default limits, as values of a batch. */
export interface DefaultLimits {
  readonly default_volumes: number;
  readonly default_gigabytes: number;
  readonly default_snapshots: number;
  readonly default_per_volume_gigabytes: number;
}

/** The rows of the quota class `default`. */
const classQuotas = alias(quotas, "class_quotas");

/** The columns of limits that a request can exceed, each with its configured default. */
const LIMITS = {
  volumes_limit: "default_volumes",
  gigabytes_limit: "default_gigabytes",
  snapshots_limit: "default_snapshots",
  per_volume_gigabytes_limit: "default_per_volume_gigabytes",
} as const;

/** The limits and the usage of a project, as expressions over `from`, which has a row for each scope. */
interface QuotaSource {
  readonly from: SQL;
  readonly state: { readonly [Name in keyof QuotaState]: SQL<QuotaState[Name]> };
}

/** Makes the scopes of a volume type: over all types, and the type alone, which has no configured limits. */
function scopesOf({ param }: Params<DefaultLimits>, volume_type: SQL): SQL {
  const defaults = Object.values(LIMITS);
  const named = sql.join(
    defaults.map((name) => sql`${param(name)} as ${sql.raw(name)}`),
    sql`, `,
  );
  const unlimited = sql.join(
    defaults.map(() => sql`-1`),
    sql`, `,
  );
  return sql`(select ${ALL_TYPES} as volume_type, ${named} union all select ${volume_type}, ${unlimited})`;
}

/**
 * Makes the limits and the usage of a project: a row for each scope. A project without limits of its own has those of
 * the quota class `default`, and where that has none the configured ones, or none for a type. Without rows in the table
 * it has no usage.
 */
function quotaSource(scopes: SQL, project_id: SQL): QuotaSource {
  const limit = (column: keyof typeof LIMITS) =>
    sql<number>`coalesce(${quotas[column]}, ${classQuotas[column]}, scope.${sql.raw(LIMITS[column])})`;
  const ofScope = (table: typeof quotas | typeof classQuotas, project: SQL | string) =>
    sql`${table.project_id} = ${project} and ${table.volume_type} = scope.volume_type`;
  return {
    from: sql`${scopes} as scope
      left join ${quotas} on ${ofScope(quotas, project_id)}
      left join ${quotas} as ${classQuotas} on ${ofScope(classQuotas, DEFAULT_CLASS)}`,
    state: {
      volume_type: sql<string>`scope.volume_type`,
      volumes_limit: limit("volumes_limit"),
      gigabytes_limit: limit("gigabytes_limit"),
      snapshots_limit: limit("snapshots_limit"),
      per_volume_gigabytes_limit: limit("per_volume_gigabytes_limit"),
      volumes_in_use: sql<number>`coalesce(${quotas.volumes_in_use}, 0)`,
      gigabytes_in_use: sql<number>`coalesce(${quotas.gigabytes_in_use}, 0)`,
      snapshots_in_use: sql<number>`coalesce(${quotas.snapshots_in_use}, 0)`,
    },
  };
}

/** Selects limits and usage of a project, over all types and of a volume type, which is named as in the API. */
export function quotaReport(params: Params<DefaultLimits>, project_id: SQL, volume_type: SQL) {
  const { from, state } = quotaSource(scopesOf(params, volume_type), project_id);
  return queryBuilder
    .select({
      volume_type: sql<string>`coalesce(${volumeTypes.name}, ${state.volume_type})`.as("type_name"),
      volumes_limit: state.volumes_limit.as("max_volumes"),
      gigabytes_limit: state.gigabytes_limit.as("max_gigabytes"),
      snapshots_limit: state.snapshots_limit.as("max_snapshots"),
      per_volume_gigabytes_limit: state.per_volume_gigabytes_limit.as("max_per_volume_gigabytes"),
      volumes_in_use: state.volumes_in_use.as("used_volumes"),
      gigabytes_in_use: state.gigabytes_in_use.as("used_gigabytes"),
      snapshots_in_use: state.snapshots_in_use.as("used_snapshots"),
    })
    .from(from)
    .leftJoin(volumeTypes, eq(volumeTypes.key, state.volume_type));
}

/**
 * Makes the condition that a project's quota has room for a request.
 *
 * @param scope `type` if only the quota of the type counts, because the usage over all types does not change
 * @example
 * const room = hasRoom(params, params.param("project_id"), sql`${volumes.volume_type}`, {
 *   volumes: 1,
 *   gigabytes: sql`${volumes.size}`,
 *   snapshots: 0,
 *   volume_size: sql`${volumes.size}`,
 * });
 */
export function hasRoom(
  params: Params<DefaultLimits>,
  project_id: SQL,
  volume_type: SQL,
  request: QuotaRequest<SQL | number>,
  scope: "all" | "type" = "all",
): SQL {
  const { from, state } = quotaSource(scopesOf(params, volume_type), project_id);
  const counts = scope === "all" ? undefined : sql`${state.volume_type} <> ${ALL_TYPES}`;
  return sql`not exists (select 1 from ${from} where ${and(counts, exceeds(state, request))})`;
}

/** Makes the condition that a request exceeds a quota. */
function exceeds(state: QuotaSource["state"], request: QuotaRequest<SQL | number>): SQL | undefined {
  const exceedsOne = (resource: "volumes" | "gigabytes" | "snapshots") => {
    const needed = request[resource];
    if (needed === 0) return undefined;
    // A request for nothing has room, even if a limit was lowered below the usage.
    const isNeeded = typeof needed === "number" ? undefined : sql`${needed} > 0`;
    const limit = bounded(state[`${resource}_limit`]);
    return and(isNeeded, sql`${state[`${resource}_in_use`]} + ${needed} > ${limit}`);
  };
  const { volume_size } = request;
  return or(
    exceedsOne("volumes"),
    exceedsOne("gigabytes"),
    exceedsOne("snapshots"),
    volume_size === 0 ? undefined : sql`${volume_size} > ${bounded(state.per_volume_gigabytes_limit)}`,
  );
}

/** Makes a limit to compare with: null for -1 (no limit), since no comparison with null is true. */
const bounded = (limit: SQL<number>): SQL => sql`nullif(${limit}, -1)`;

/**
 * Makes the condition that a project's gigabytes are within the quota, after those of a request have been added to the
 * usage, and that the size of its volume is.
 *
 * @param volume_size GiB
 */
export function usageIsWithin(
  params: Params<DefaultLimits>,
  project_id: SQL,
  volume_type: SQL,
  volume_size: SQL,
): SQL {
  const { from, state } = quotaSource(scopesOf(params, volume_type), project_id);
  return sql`not exists (select 1 from ${from} where
    ${state.gigabytes_in_use} > ${bounded(state.gigabytes_limit)}
    or ${volume_size} > ${bounded(state.per_volume_gigabytes_limit)})`;
}
