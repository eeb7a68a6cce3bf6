import { and, eq, type SQL, sql } from "drizzle-orm";
import type { SubqueryWithSelection } from "drizzle-orm/sqlite-core";
import { ALL_TYPES, quotas, snapshots, typeOfScope, usageScopes, volumes } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { selectRow } from "../db/statements/insert.ts";
import { inProject } from "../db/statements/scope.ts";

/** The columns of usage that a resource adds to, or takes from, a project. Gigabytes are GiB. */
type UsageColumns = {
  project_id: SQL.Aliased<string>;
  volume_type: SQL.Aliased<string>;
  volumes: SQL.Aliased<number>;
  gigabytes: SQL.Aliased<number>;
  snapshots: SQL.Aliased<number>;
};
/** A subquery with one row of usage for each project and type; without rows there is nothing to add or take. */
export type UsageQuery = SubqueryWithSelection<UsageColumns, string>;

/** Expressions for the columns of usage. */
type Usage = Readonly<Record<keyof UsageColumns, SQL>>;

const usageColumns = (usage: Usage): UsageColumns => ({
  project_id: sql<string>`${usage.project_id}`.as("usage_project"),
  volume_type: sql<string>`${usage.volume_type}`.as("usage_type"),
  volumes: sql<number>`${usage.volumes}`.as("usage_volumes"),
  gigabytes: sql<number>`${usage.gigabytes}`.as("usage_gigabytes"),
  snapshots: sql<number>`${usage.snapshots}`.as("usage_snapshots"),
});

/**
 * Makes the columns of a volume's usage.
 *
 * @param other replaces some of them; by default they are those of a volume without snapshots, of its own project
 * @example
 * const usage = queryBuilder.select(volumeUsage()).from(volumes).where(eq(volumes.id, id)).as("usage");
 */
export const volumeUsage = (other: Partial<Usage> = {}): UsageColumns =>
  usageColumns({
    project_id: sql`${volumes.project_id}`,
    volume_type: sql`${volumes.volume_type}`,
    volumes: sql`1`,
    gigabytes: sql`${volumes.size}`,
    snapshots: sql`0`,
    ...other,
  });

/** Makes the columns of the usage of a snapshot, joined with its volume. */
export const snapshotUsage = (): UsageColumns =>
  volumeUsage({
    project_id: sql`${snapshots.project_id}`,
    volumes: sql`0`,
    gigabytes: sql`${snapshots.volume_size}`,
    snapshots: sql`1`,
  });

/** Sums up usage, since an update takes only one of several rows for the same project and type. */
export const sumUsage = (each: UsageQuery) =>
  queryBuilder
    .select(
      usageColumns({
        project_id: sql`${each.project_id}`,
        volume_type: sql`${each.volume_type}`,
        volumes: sql`sum(${each.volumes})`,
        gigabytes: sql`sum(${each.gigabytes})`,
        snapshots: sql`sum(${each.snapshots})`,
      }),
    )
    .from(each)
    .groupBy(sql`${each.project_id}`, sql`${each.volume_type}`);

/**
 * Adds to a project's usage, over all types and of the resource's type.
 *
 * @example
 * batch({ created, usageAdded: addUsage(usage) });
 */
export function addUsage(usage: UsageQuery) {
  const row = {
    project_id: sql`${usage.project_id}`,
    volume_type: typeOfScope(usage.volume_type),
    volumes_in_use: sql`${usage.volumes}`,
    gigabytes_in_use: sql`${usage.gigabytes}`,
    snapshots_in_use: sql`${usage.snapshots}`,
  };
  const from = sql`${usage}, ${usageScopes}`;
  return queryBuilder
    .insert(quotas)
    .select(selectRow(quotas, row, { from, where: undefined }))
    .onConflictDoUpdate({
      target: [quotas.project_id, quotas.volume_type],
      set: {
        volumes_in_use: sql`${quotas.volumes_in_use} + excluded.volumes_in_use`,
        gigabytes_in_use: sql`${quotas.gigabytes_in_use} + excluded.gigabytes_in_use`,
        snapshots_in_use: sql`${quotas.snapshots_in_use} + excluded.snapshots_in_use`,
      },
    });
}

/** Takes from a project's usage, over all types and of the resource's type. */
export function removeUsage(usage: UsageQuery) {
  return queryBuilder
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

type InUse = typeof quotas.volumes_in_use | typeof quotas.snapshots_in_use;

const inUse = (column: InUse, project_id: SQL | undefined): SQL<number> =>
  sql<number>`(${queryBuilder
    .select({ total: sql<number>`coalesce(sum(${column}), 0)` })
    .from(quotas)
    .where(and(eq(quotas.volume_type, ALL_TYPES), inProject(project_id, quotas.project_id)))})`;

/** Makes an expression for the number of volumes of a project, or of all without one. It reads no volume. */
export const volumesInUse = (project_id: SQL | undefined): SQL<number> =>
  inUse(quotas.volumes_in_use, project_id);

/** Makes an expression for the number of snapshots of a project, or of all without one. It reads no snapshot. */
export const snapshotsInUse = (project_id: SQL | undefined): SQL<number> =>
  inUse(quotas.snapshots_in_use, project_id);
