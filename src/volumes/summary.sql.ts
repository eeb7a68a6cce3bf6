import { and, eq, sql } from "drizzle-orm";
import { ALL_TYPES, quotas, snapshots, volumes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { inProject } from "../db/statements/scope.ts";

/** The most bytes of the metadata in a summary: its size is up to the project's members. */
export const MAX_SUMMARY_BYTES = 4_000_000;

/**
 * Counts the volumes of a project, or of all without one, and sums up their sizes, from the usage that `quotas` keeps.
 * Its gigabytes include the snapshots: either these are read, or the volumes, whichever are fewer. `withMetadata`, it
 * also reads the distinct pairs of the metadata of all volumes, for which nothing is kept: all of them, or those up to
 * one that exceeds `MAX_SUMMARY_BYTES`.
 */
export const summaryStatements = prepareBatch(
  ({ optionalParam }: Params<{ project_id: string | undefined }>, withMetadata: boolean) => {
    const project = optionalParam("project_id");
    const visible = inProject(project, volumes.project_id);
    const usage = queryBuilder
      .select({
        volumes: sql<number>`coalesce(sum(${quotas.volumes_in_use}), 0)`.as("volumes"),
        gigabytes: sql<number>`coalesce(sum(${quotas.gigabytes_in_use}), 0)`.as("gigabytes"),
        snapshots: sql<number>`coalesce(sum(${quotas.snapshots_in_use}), 0)`.as("snapshots"),
      })
      .from(quotas)
      .where(and(eq(quotas.volume_type, ALL_TYPES), inProject(project, quotas.project_id)))
      .as("usage");
    const ofVolumes = queryBuilder
      .select({ size: sql`sum(${volumes.size})` })
      .from(volumes)
      .where(visible);
    const ofSnapshots = queryBuilder
      .select({ size: sql`coalesce(sum(${snapshots.volume_size}), 0)` })
      .from(snapshots)
      .where(inProject(project, snapshots.project_id));
    return {
      totals: queryBuilder
        .select({
          total_count: usage.volumes,
          // Only the branch that is taken is read.
          total_size: sql<number>`case when ${usage.snapshots} < ${usage.volumes} then
            case ${usage.snapshots} when 0 then ${usage.gigabytes} else ${usage.gigabytes} - ${ofSnapshots} end
            else coalesce(${ofVolumes}, 0) end`.as("total_size"),
        })
        .from(usage),
      metadata: withMetadata
        ? queryBuilder
            .select({
              key: sql<string>`"key"`.as("key"),
              value: sql<string>`"value"`.as("value"),
              // Of this pair and those before it.
              bytes: sql<number>`"bytes"`.as("bytes"),
            })
            .from(
              sql`(select "key", "value", octet_length("key") + octet_length("value") as "own",
                sum(octet_length("key") + octet_length("value")) over (order by "key", "value") as "bytes"
                from (select distinct "pair"."key", "pair"."value"
                  from ${volumes}, json_each(${volumes.metadata}) as "pair" where ${visible ?? sql`true`}))`,
            )
            .where(sql`"bytes" - "own" <= ${MAX_SUMMARY_BYTES}`)
            .orderBy(sql`1`, sql`2`)
        : undefined,
    };
  },
);
