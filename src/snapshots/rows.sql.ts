import { and, eq, type SQL } from "drizzle-orm";
import { snapshots, volumes } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { inProject } from "../db/statements/scope.ts";
import { snapshotUsage } from "../quotas/usage.sql.ts";

/** A snapshot; the columns are described in `src/db/schema/volumes.ts`. */
export type Snapshot = typeof snapshots.$inferSelect;

/** Makes the condition that a snapshot has an id, in a project if one is given. */
export const snapshotWithId = (id: string | SQL, project_id: string | SQL | undefined): SQL | undefined =>
  and(eq(snapshots.id, id), inProject(project_id, snapshots.project_id));

/** Selects the usage of snapshots, by project. */
export const usageOfSnapshots = (condition: SQL | undefined) =>
  queryBuilder
    .select(snapshotUsage())
    .from(snapshots)
    .innerJoin(volumes, eq(volumes.id, snapshots.volume_id))
    .where(condition)
    .as("snapshot_usage");
