import { and, eq, exists, inArray, isNull, ne, notExists, notInArray, or, sql } from "drizzle-orm";
import { build, once } from "../db/batch.ts";
import type { Database } from "../db/database.ts";
import { now, snapshots, transfers, volumes } from "../db/schema.ts";
import { projectOf, type Scope, within } from "../db/scope.ts";
import { removeUsage } from "../quotas/usage.sql.ts";

/** The statuses in which a volume can be deleted. */
const DELETABLE = ["available", "error", "error_restoring", "error_extending", "error_managing"];
/** The statuses in which a snapshot can be deleted along with its volume. */
const DELETABLE_SNAPSHOT = ["available", "error"];

/**
 * Deletes a volume, and takes it off its project's usage, or does nothing at all.
 *
 * @param cascade whether its snapshots go too; without it a volume that has some stays
 * @returns whether it was deleted; undefined where there is no such volume within the scope
 */
export async function deleteVolume(
  db: Database,
  id: string,
  scope: Scope,
  cascade: boolean,
): Promise<boolean | undefined> {
  const volume = and(eq(volumes.id, id), within(projectOf(scope), volumes.project_id));
  const inTheWay = build
    .select({ one: sql`1` })
    .from(snapshots)
    .where(
      and(
        eq(snapshots.volume_id, volumes.id),
        or(
          sql`not ${cascade}`,
          // One that an earlier transfer left with another project is not this one's to delete.
          ne(snapshots.project_id, volumes.project_id),
          notInArray(snapshots.status, DELETABLE_SNAPSHOT),
        ),
      ),
    );
  // The deletion of the volume comes last, so that all statements before it see what it sees.
  const mayBeDeleted = and(volume, inArray(volumes.status, DELETABLE), notExists(inTheWay));
  const deletable = build.select({ one: sql`1` }).from(volumes).where(mayBeDeleted);
  const total = (what: ReturnType<typeof sql>) =>
    sql`(${build.select({ total: what }).from(snapshots).where(eq(snapshots.volume_id, volumes.id))})`;
  const lost = build
    .select({
      project_id: sql<string>`${volumes.project_id}`.as("usage_project"),
      volume_type: sql<string>`${volumes.volume_type}`.as("usage_type"),
      volumes: sql<number>`1`.as("usage_volumes"),
      gigabytes: sql<number>`${volumes.size} + ${total(sql`coalesce(sum(${snapshots.volume_size}), 0)`)}`.as(
        "usage_gigabytes",
      ),
      snapshots: sql<number>`${total(sql`count(*)`)}`.as("usage_snapshots"),
    })
    .from(volumes)
    .where(mayBeDeleted)
    .as("lost");

  const [, , , deleted, remaining] = await db.write(
    once(
      removeUsage(lost),
      // An admin may have taken the volume out of `awaiting-transfer` under an offer, which ends with the volume.
      build
        .update(transfers)
        .set({ deleted_at: now })
        .where(and(eq(transfers.volume_id, id), isNull(transfers.deleted_at), exists(deletable))),
      build.delete(snapshots).where(and(eq(snapshots.volume_id, id), exists(deletable))),
      build.delete(volumes).where(mayBeDeleted).returning({ id: volumes.id }),
      build.select({ id: volumes.id }).from(volumes).where(volume),
    ),
  );
  if (deleted.length > 0) return true;
  return remaining.length > 0 ? false : undefined;
}
