import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { now, snapshots, volumes } from "../db/schema/index.ts";
import { batch, queryBuilder } from "../db/statements/batch.ts";
import { projectOf, type Scope } from "../db/statements/scope.ts";
import { volumeWithId } from "./rows.sql.ts";

/** Reverts a volume to its latest snapshot, or changes nothing. */
export function revertStatements(id: string, scope: Scope, snapshot_id: string | null) {
  const volume = volumeWithId(id, projectOf(scope));
  const latest = <T>(column: SQL<T> | (typeof snapshots)["id" | "status" | "volume_size"]) =>
    sql<T | null>`(${queryBuilder
      .select({ column })
      .from(snapshots)
      .where(eq(snapshots.volume_id, volumes.id))
      .orderBy(desc(snapshots.seq))
      .limit(1)})`;
  const [latestId, latestStatus, latestSize] = [
    latest<string>(snapshots.id),
    latest<string>(snapshots.status),
    latest<number>(snapshots.volume_size),
  ];
  return batch({
    reverted: queryBuilder
      .update(volumes)
      .set({ updated_at: now })
      .where(
        and(
          volume,
          // Protects the data that was written after a snapshot that is not the latest.
          sql`${latestId} = ${snapshot_id}`,
          sql`${latestSize} = ${volumes.size}`,
          // Protects a volume or a snapshot that another operation uses, or that is offered.
          eq(volumes.status, "available"),
          sql`${latestStatus} = 'available'`,
        ),
      )
      .returning({ id: volumes.id }),
    // A refusal has changed nothing, so these are the values that the guards saw.
    seen: queryBuilder
      .select({
        status: volumes.status,
        size: volumes.size,
        latest_id: latestId.as("latest_id"),
        latest_size: latestSize.as("latest_size"),
      })
      .from(volumes)
      .where(volume),
  });
}
