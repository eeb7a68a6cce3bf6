import { and, eq, inArray, sql } from "drizzle-orm";
import type { DefaultQuota } from "../../config.ts";
import type { Connection } from "../database.ts";
import { addUsage, hasRoom, quotaState } from "../quotas.ts";
import { now, snapshots, volumes } from "../schema.ts";
import { type Scope, within } from "../scope.ts";
import { type Snapshot, snapshotUsage } from "./snapshot.ts";

/** A snapshot to make: of the volume as it is, in the project of its maker. */
export type NewSnapshot = Pick<
  Snapshot,
  "id" | "volume_id" | "project_id" | "user_id" | "display_name" | "display_description" | "metadata"
>;

/** What was found where a snapshot could not be made. */
export interface NotMade {
  /** The volume, or undefined where there is none of that id within the scope. */
  readonly volume: { readonly status: string; readonly size: number } | undefined;
  /** The maker's quota, over all types and of the volume's. */
  readonly quota: Awaited<ReturnType<typeof quotaState>>;
}

/**
 * Makes a snapshot and counts it in its project's usage, or does nothing at all.
 *
 * @param statuses the statuses in which the volume may be
 */
export async function createSnapshot(
  db: Connection,
  scope: Scope,
  statuses: readonly string[],
  snapshot: NewSnapshot,
  defaults: DefaultQuota,
): Promise<{ readonly created: Snapshot } | { readonly refused: NotMade }> {
  const { project_id, volume_id } = snapshot;
  const volume = and(eq(volumes.id, volume_id), within(scope, volumes.project_id));
  const type = sql`(select ${volumes.volume_type} from ${volumes} where ${volumes.id} = ${volume_id})`;
  const row = {
    seq: sql<number>`null`.as("seq"),
    id: sql<string>`${snapshot.id}`.as("id"),
    volume_id: sql<string>`${volume_id}`.as("volume_id"),
    project_id: sql<string>`${project_id}`.as("project_id"),
    user_id: sql<string>`${snapshot.user_id}`.as("user_id"),
    display_name: sql<string | null>`${snapshot.display_name}`.as("display_name"),
    display_description: sql<string | null>`${snapshot.display_description}`.as("display_description"),
    volume_size: sql<number>`${volumes.size}`.as("volume_size"),
    status: sql<string>`'available'`.as("status"),
    metadata: sql`${JSON.stringify(snapshot.metadata)}`.as("metadata"),
    created_at: now.as("created_at"),
    updated_at: sql<null>`null`.as("updated_at"),
  };
  const room = hasRoom(db, project_id, type, defaults, {
    volumes: 0,
    gigabytes: sql`${volumes.size}`,
    snapshots: 1,
    volume_size: 0,
  });

  const [[created], , [found], quota] = await db.batch([
    db
      .insert(snapshots)
      .select(
        db
          .select(row)
          .from(volumes)
          // An offered volume is not `available`: nothing is added to an offer once it is made.
          .where(and(volume, inArray(volumes.status, [...statuses]), room)),
      )
      .returning(),
    addUsage(db, snapshotUsage(db, eq(snapshots.id, snapshot.id)).as("made")),
    db.select({ status: volumes.status, size: volumes.size }).from(volumes).where(volume),
    quotaState(db, project_id, type, defaults),
  ]);
  return created === undefined ? { refused: { volume: found, quota } } : { created };
}
