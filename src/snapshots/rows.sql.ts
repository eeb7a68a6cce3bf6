import { and, eq, type SQL, sql } from "drizzle-orm";
import { snapshots, volumes } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { inProject } from "../db/statements/scope.ts";
import { usageColumns } from "../quotas/usage.sql.ts";

/** A snapshot; the columns are described in `src/db/schema/volumes.ts`. */
export type Snapshot = typeof snapshots.$inferSelect;

/** Makes the condition that a snapshot has an id, in a project if one is given. */
export const snapshotWithId = (id: string | SQL, project_id: string | SQL | undefined): SQL | undefined =>
  and(eq(snapshots.id, id), inProject(project_id, snapshots.project_id));

/** Selects what snapshots add to the usage of their project. */
export const snapshotUsage = (condition: SQL | undefined) =>
  queryBuilder
    .select(
      usageColumns({
        project_id: sql`${snapshots.project_id}`,
        volume_type: sql`${volumes.volume_type}`,
        volumes: sql`0`,
        gigabytes: sql`${snapshots.volume_size}`,
        snapshots: sql`1`,
      }),
    )
    .from(snapshots)
    .innerJoin(volumes, eq(volumes.id, snapshots.volume_id))
    .where(condition)
    .as("snapshot_usage");
