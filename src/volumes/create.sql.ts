import { eq, sql } from "drizzle-orm";
import { type Params, prepareBatch, queryBuilder } from "../db/batch.ts";
import { selectRow } from "../db/insert.ts";
import { volumes } from "../db/schema.ts";
import { type DefaultLimits, hasRoom, quotaState } from "../quotas/room.sql.ts";
import { addUsage, usageColumns } from "../quotas/usage.sql.ts";
import type { Volume } from "./rows.sql.ts";

/** The values of a new volume; the metadata is JSON. */
type Values = Pick<
  Volume,
  "id" | "project_id" | "user_id" | "display_name" | "display_description" | "size" | "volume_type"
> & { readonly metadata: string } & DefaultLimits;

/** Creates a volume and adds it to its project's usage, or changes nothing. */
export const createStatements = prepareBatch((params: Params<Values>) => {
  const { param } = params;
  const row = {
    id: param("id"),
    project_id: param("project_id"),
    user_id: param("user_id"),
    display_name: param("display_name"),
    display_description: param("display_description"),
    size: param("size"),
    status: sql`'available'`,
    volume_type: param("volume_type"),
    metadata: param("metadata"),
  };
  const created = queryBuilder
    .select(
      usageColumns({
        project_id: sql`${volumes.project_id}`,
        volume_type: sql`${volumes.volume_type}`,
        volumes: sql`1`,
        gigabytes: sql`${volumes.size}`,
        snapshots: sql`0`,
      }),
    )
    .from(volumes)
    .where(eq(volumes.id, param("id")))
    .as("created");
  // Protects the quota.
  const room = hasRoom(params, param("project_id"), param("volume_type"), {
    volumes: 1,
    gigabytes: param("size"),
    snapshots: 0,
    volume_size: param("size"),
  });
  return {
    created: queryBuilder
      .insert(volumes)
      .select(selectRow(volumes, row, { where: room }))
      .returning(),
    usageAdded: addUsage(created),
    quota: quotaState(params, param("project_id"), param("volume_type")),
  };
});
