import { eq, sql } from "drizzle-orm";
import type { DefaultQuota } from "../../config.ts";
import type { Connection } from "../database.ts";
import { addUsage, hasRoom, quotaState } from "../quotas.ts";
import { now, volumes } from "../schema.ts";
import type { Volume } from "./volume.ts";

/** A volume to make. */
export type NewVolume = Omit<Volume, "seq" | "status" | "created_at" | "updated_at">;

/**
 * Makes a volume and counts it in its project's usage, or does nothing at all.
 *
 * @returns the volume; or, where the quota has no room for it, the state of the quota over all types and of its own
 */
export async function createVolume(
  db: Connection,
  volume: NewVolume,
  defaults: DefaultQuota,
): Promise<{ readonly created: Volume } | { readonly refused: Awaited<ReturnType<typeof quotaState>> }> {
  const { project_id, volume_type, size } = volume;
  const row = {
    seq: sql<number>`null`.as("seq"),
    id: sql<string>`${volume.id}`.as("id"),
    project_id: sql<string>`${project_id}`.as("project_id"),
    user_id: sql<string>`${volume.user_id}`.as("user_id"),
    display_name: sql<string | null>`${volume.display_name}`.as("display_name"),
    display_description: sql<string | null>`${volume.display_description}`.as("display_description"),
    size: sql<number>`${size}`.as("size"),
    status: sql<string>`'available'`.as("status"),
    volume_type: sql<string>`${volume_type}`.as("volume_type"),
    metadata: sql`${JSON.stringify(volume.metadata)}`.as("metadata"),
    created_at: now.as("created_at"),
    updated_at: sql<null>`null`.as("updated_at"),
  };
  const made = db
    .select({
      project_id: sql<string>`${volumes.project_id}`.as("usage_project"),
      volume_type: sql<string>`${volumes.volume_type}`.as("usage_type"),
      volumes: sql<number>`1`.as("usage_volumes"),
      gigabytes: sql<number>`${volumes.size}`.as("usage_gigabytes"),
      snapshots: sql<number>`0`.as("usage_snapshots"),
    })
    .from(volumes)
    .where(eq(volumes.id, volume.id))
    .as("made");
  const room = hasRoom(db, project_id, volume_type, defaults, {
    volumes: 1,
    gigabytes: size,
    snapshots: 0,
    volume_size: size,
  });

  const [[created], , quota] = await db.batch([
    db.insert(volumes).select(db.select(row).from(sql`(select 1)`).where(room)).returning(),
    addUsage(db, made),
    quotaState(db, project_id, volume_type, defaults),
  ]);
  return created === undefined ? { refused: quota } : { created };
}
