import { type SQL, sql } from "drizzle-orm";
import { batch, queryBuilder } from "../../db/batch.ts";
import { selectRow } from "../../db/insert.ts";
import { snapshots, volumes } from "../../db/schema.ts";
import { changedInCinder, isOffered, isOneOf, items, itemValue, mapFields } from "./rows.sql.ts";
import { addSummedUsage, removeSummedUsage } from "./usage.sql.ts";

/** The columns that follow Cinder, each with the name of its field there. */
const FIELDS = {
  user_id: "user_id",
  display_name: "name",
  display_description: "description",
  volume_size: "size",
  status: "status",
  metadata: "metadata",
  created_at: "created_at",
  updated_at: "updated_at",
  progress: "os-extended-snapshot-attributes:progress",
} as const satisfies { readonly [Column in keyof typeof snapshots.$inferSelect]?: string };

/** A snapshot to insert or update. */
export type SnapshotRow = Pick<
  typeof snapshots.$inferSelect,
  "id" | "volume_id" | "project_id" | Exclude<keyof typeof FIELDS, "metadata" | "user_id">
> & {
  /** Null if Cinder did not show it: the user of the volume. */
  readonly user_id: string | null;
  /** JSON. */
  readonly metadata: string;
  /** JSON: what Cinder shows, and what it showed at an earlier import and does not now. */
  readonly imported_fields: string;
};

/** Reads what an import must know of some snapshots and of their volumes, by ids that are lists in JSON. */
export const readSnapshotsStatements = (ids: string, volumeIds: string) =>
  batch({
    existing: queryBuilder
      .select({
        id: snapshots.id,
        project_id: snapshots.project_id,
        imported_project_id: snapshots.imported_project_id,
        imported_fields: sql<string | null>`${snapshots.imported_fields}`.as("shown_before"),
      })
      .from(snapshots)
      .where(isOneOf(snapshots.id, ids)),
    volumes: queryBuilder
      .select({
        id: volumes.id,
        offered: sql`${isOffered(sql`${volumes.id}`)}`.mapWith(Boolean).as("offered"),
      })
      .from(volumes)
      .where(isOneOf(volumes.id, volumeIds)),
  });

/** The snapshots of a batch. */
interface SnapshotBatch {
  /** The ids of all, as a list in JSON. */
  readonly ids: string;
  /** The rows, as lists of `SnapshotRow` in JSON, one for each statement. */
  readonly rows: readonly string[];
}

/** Protects snapshots that were made here, and those of open transfers. */
const isWritable = sql`snapshots.imported_project_id is not null and not ${isOffered(sql`snapshots.volume_id`)}`;

/**
 * The statements of a batch of snapshots, which run in one transaction. They are all that an import does to snapshots.
 *
 * Each statement has the same guard, as for volumes.
 */
export function writeSnapshotsStatements({ ids, rows }: SnapshotBatch) {
  const written = { snapshots: sql`${isOneOf(snapshots.id, ids)} and ${isWritable}` };
  return batch({
    usageRemoved: removeSummedUsage(written),
    written: rows.map(upsert),
    usageAdded: addSummedUsage(written),
  });
}

function upsert(rows: string) {
  const values = {
    ...mapFields(FIELDS, itemValue),
    id: itemValue("id"),
    volume_id: sql`volumes.id`,
    project_id: itemValue("project_id"),
    user_id: sql`coalesce(${itemValue("user_id")}, volumes.user_id)`,
    imported_project_id: itemValue("project_id"),
    imported_fields: itemValue("imported_fields"),
  };
  const changed = mapFields(FIELDS, (column, field) => changedInCinder("snapshots", column, field));
  // Protects a handover that was made here.
  const unlessHandedOver = (value: SQL, column: string) =>
    sql`case when snapshots.project_id = snapshots.imported_project_id then ${value} else snapshots.${sql.raw(column)} end`;
  return queryBuilder
    .insert(snapshots)
    .select(
      selectRow(snapshots, values, {
        from: sql`${items(rows)} join volumes on volumes.id = ${itemValue("volume_id")}`,
        // Nothing can be added to an open transfer.
        where: sql`not ${isOffered(sql`volumes.id`)}`,
      }),
    )
    .onConflictDoUpdate({
      target: snapshots.id,
      set: {
        ...changed,
        project_id: unlessHandedOver(sql`excluded.project_id`, "project_id"),
        user_id: unlessHandedOver(changed.user_id, "user_id"),
        imported_project_id: sql`excluded.imported_project_id`,
        imported_fields: sql`excluded.imported_fields`,
      },
      setWhere: isWritable,
    });
}
