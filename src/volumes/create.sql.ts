import { eq, sql } from "drizzle-orm";
import type { DefaultQuota } from "../config.ts";
import { build, type Given, prepared } from "../db/batch.ts";
import type { Database } from "../db/database.ts";
import { now, volumes } from "../db/schema.ts";
import {
  addUsage,
  type Defaults,
  defaultValues,
  hasRoom,
  type QuotaState,
  quotaState,
} from "../quotas/usage.sql.ts";
import type { Volume } from "./volume.sql.ts";

/** A volume to make. */
export type NewVolume = Omit<Volume, "seq" | "status" | "created_at" | "updated_at">;

/** The metadata as it is stored, as JSON. */
type Values = Omit<NewVolume, "metadata"> & { readonly metadata: string } & Defaults;

const making = prepared((given: Given<Values>) => {
  const { value } = given;
  const row = {
    seq: sql<number>`null`.as("seq"),
    id: value("id").as("id"),
    project_id: value("project_id").as("project_id"),
    user_id: value("user_id").as("user_id"),
    display_name: value("display_name").as("display_name"),
    display_description: value("display_description").as("display_description"),
    size: value("size").as("size"),
    status: sql<string>`'available'`.as("status"),
    volume_type: value("volume_type").as("volume_type"),
    metadata: sql`${value("metadata")}`.as("metadata"),
    created_at: now.as("created_at"),
    updated_at: sql<null>`null`.as("updated_at"),
  };
  const made = build
    .select({
      project_id: sql<string>`${volumes.project_id}`.as("usage_project"),
      volume_type: sql<string>`${volumes.volume_type}`.as("usage_type"),
      volumes: sql<number>`1`.as("usage_volumes"),
      gigabytes: sql<number>`${volumes.size}`.as("usage_gigabytes"),
      snapshots: sql<number>`0`.as("usage_snapshots"),
    })
    .from(volumes)
    .where(eq(volumes.id, value("id")))
    .as("made");
  const room = hasRoom(given, value("project_id"), value("volume_type"), {
    volumes: 1,
    gigabytes: value("size"),
    snapshots: 0,
    volume_size: value("size"),
  });
  return [
    build.insert(volumes).select(build.select(row).from(sql`(select 1)`).where(room)).returning(),
    addUsage(made),
    quotaState(given, value("project_id"), value("volume_type")),
  ];
});

/**
 * Makes a volume and counts it in its project's usage, or does nothing at all.
 *
 * @returns the volume; or, where the quota has no room for it, the state of the quota over all types and of its own
 */
export async function createVolume(
  db: Database,
  volume: NewVolume,
  defaults: DefaultQuota,
): Promise<{ readonly created: Volume } | { readonly refused: readonly QuotaState[] }> {
  const [[created], , quota] = await db.write(
    making({ ...volume, metadata: JSON.stringify(volume.metadata), ...defaultValues(defaults) }),
  );
  return created === undefined ? { refused: quota } : { created };
}
