import { and, eq, type SQL, sql } from "drizzle-orm";
import type { SubqueryWithSelection } from "drizzle-orm/sqlite-core";
import type { DefaultQuota } from "../config.ts";
import { build, type Given } from "../db/batch.ts";
import { ALL_TYPES, quotas } from "../db/schema.ts";

/** What a resource adds to, or takes from, the usage of the project it belongs to. Gigabytes are GiB. */
type Usage = {
  project_id: SQL.Aliased<string>;
  volume_type: SQL.Aliased<string>;
  volumes: SQL.Aliased<number>;
  gigabytes: SQL.Aliased<number>;
  snapshots: SQL.Aliased<number>;
};
/** A query of one row, or of none where there is nothing to add or take. */
export type UsageQuery = SubqueryWithSelection<Usage, string>;

/** The limits that a project can have of its own, -1 for no limit. Gigabytes are GiB. */
export const LIMITED = [
  "volumes",
  "gigabytes",
  "snapshots",
  "per_volume_gigabytes",
  "backups",
  "backup_gigabytes",
  "groups",
] as const;
export type Limits = Partial<Record<(typeof LIMITED)[number], number>>;

/** The columns of limits in the table's order, to insert; null where a limit is not given. */
export const limitColumns = (limits: Limits) => {
  const column = (name: keyof Limits) => sql<number | null>`${limits[name] ?? null}`.as(`${name}_limit`);
  return {
    volumes_limit: column("volumes"),
    gigabytes_limit: column("gigabytes"),
    snapshots_limit: column("snapshots"),
    per_volume_gigabytes_limit: column("per_volume_gigabytes"),
    backups_limit: column("backups"),
    backup_gigabytes_limit: column("backup_gigabytes"),
    groups_limit: column("groups"),
  };
};

/** Adds to a project's usage, over all types and of the resource's own. */
export function addUsage(usage: UsageQuery) {
  const scope = sql<string>`case scope.typed when 0 then ${ALL_TYPES} else ${usage.volume_type} end`;
  return build
    .insert(quotas)
    .select(
      build
        .select({
          project_id: sql<string>`${usage.project_id}`.as("project_id"),
          volume_type: scope.as("scope_type"),
          ...limitColumns({}),
          volumes_in_use: sql<number>`${usage.volumes}`.as("volumes_in_use"),
          gigabytes_in_use: sql<number>`${usage.gigabytes}`.as("gigabytes_in_use"),
          snapshots_in_use: sql<number>`${usage.snapshots}`.as("snapshots_in_use"),
        })
        .from(usage)
        .innerJoin(sql`(select 0 as typed union all select 1) as scope`, sql`true`),
    )
    .onConflictDoUpdate({
      target: [quotas.project_id, quotas.volume_type],
      set: {
        volumes_in_use: sql`${quotas.volumes_in_use} + excluded.volumes_in_use`,
        gigabytes_in_use: sql`${quotas.gigabytes_in_use} + excluded.gigabytes_in_use`,
        snapshots_in_use: sql`${quotas.snapshots_in_use} + excluded.snapshots_in_use`,
      },
    });
}

/** Takes from a project's usage, over all types and of the resource's own. */
export function removeUsage(usage: UsageQuery) {
  return build
    .update(quotas)
    .set({
      volumes_in_use: sql`${quotas.volumes_in_use} - ${usage.volumes}`,
      gigabytes_in_use: sql`${quotas.gigabytes_in_use} - ${usage.gigabytes}`,
      snapshots_in_use: sql`${quotas.snapshots_in_use} - ${usage.snapshots}`,
    })
    .from(usage)
    .where(
      and(
        eq(quotas.project_id, usage.project_id),
        sql`${quotas.volume_type} in (${ALL_TYPES}, ${usage.volume_type})`,
      ),
    );
}

/** Limits (-1 is none) and usage of a project: over all types, or of one volume type. Gigabytes are GiB. */
export interface QuotaState {
  readonly volume_type: string;
  readonly volumes_limit: number;
  readonly gigabytes_limit: number;
  readonly snapshots_limit: number;
  readonly per_volume_gigabytes_limit: number;
  readonly volumes_in_use: number;
  readonly gigabytes_in_use: number;
  readonly snapshots_in_use: number;
}

/** The values of the default quota, in statements. */
export interface Defaults {
  readonly default_volumes: number;
  readonly default_gigabytes: number;
  readonly default_snapshots: number;
  readonly default_per_volume_gigabytes: number;
}
export const defaultValues = (quota: DefaultQuota): Defaults => ({
  default_volumes: quota.volumes,
  default_gigabytes: quota.gigabytes,
  default_snapshots: quota.snapshots,
  default_per_volume_gigabytes: quota.per_volume_gigabytes,
});

/**
 * Limits and usage of a project: a row over all types, and one of the given volume type. A project that has made
 * nothing yet has no row in the table, and the defaults here.
 */
export function quotaState({ value }: Given<Defaults>, project_id: SQL, volume_type: SQL) {
  const limit = (own: SQL, fallback: SQL) =>
    sql<number>`coalesce(${own}, case scope.volume_type when ${ALL_TYPES} then ${fallback} else -1 end)`;
  return build
    .select({
      volume_type: sql<string>`scope.volume_type`.as("scope_type"),
      volumes_limit: limit(sql`${quotas.volumes_limit}`, value("default_volumes")).as("max_volumes"),
      gigabytes_limit: limit(sql`${quotas.gigabytes_limit}`, value("default_gigabytes")).as("max_gigabytes"),
      snapshots_limit: limit(sql`${quotas.snapshots_limit}`, value("default_snapshots")).as("max_snapshots"),
      per_volume_gigabytes_limit: limit(
        sql`${quotas.per_volume_gigabytes_limit}`,
        value("default_per_volume_gigabytes"),
      ).as("max_per_volume_gigabytes"),
      volumes_in_use: sql<number>`coalesce(${quotas.volumes_in_use}, 0)`.as("used_volumes"),
      gigabytes_in_use: sql<number>`coalesce(${quotas.gigabytes_in_use}, 0)`.as("used_gigabytes"),
      snapshots_in_use: sql<number>`coalesce(${quotas.snapshots_in_use}, 0)`.as("used_snapshots"),
    })
    .from(sql`(select ${ALL_TYPES} as volume_type union all select ${volume_type}) as scope`)
    .leftJoin(quotas, and(eq(quotas.project_id, project_id), sql`${quotas.volume_type} = scope.volume_type`));
}

/** What is asked of a quota: how much more of each resource, and the largest volume, in GiB. */
export interface QuotaRequest<N> {
  readonly volumes: N;
  readonly gigabytes: N;
  readonly snapshots: N;
  readonly volume_size: N;
}

/** A condition: the project's quota has room for all that is asked. `src/quotas/over_quota.ts` says the same. */
export function hasRoom(
  defaults: Given<Defaults>,
  project_id: SQL,
  volume_type: SQL,
  asked: QuotaRequest<SQL | number>,
): SQL {
  const state = quotaState(defaults, project_id, volume_type).as("quota_state");
  const over = (limit: SQL.Aliased<number>, used: SQL.Aliased<number> | SQL, more: SQL | number) =>
    sql`(${more} > 0 and ${limit} >= 0 and ${used} + ${more} > ${limit})`;
  return sql`not exists (select 1 from ${state} where ${sql.join(
    [
      over(state.volumes_limit, state.volumes_in_use, asked.volumes),
      over(state.gigabytes_limit, state.gigabytes_in_use, asked.gigabytes),
      over(state.snapshots_limit, state.snapshots_in_use, asked.snapshots),
      over(state.per_volume_gigabytes_limit, sql`0`, asked.volume_size),
    ],
    sql` or `,
  )})`;
}
