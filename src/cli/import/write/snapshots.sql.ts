import { sql } from "drizzle-orm";
import { snapshots, volumes } from "../../../db/schema/index.ts";
import { batch, queryBuilder } from "../../../db/statements/batch.ts";
import { selectRow } from "../../../db/statements/insert.ts";
import {
  COMMON_FIELDS,
  changedValues,
  hasOpenTransfer,
  importedValues,
  isOneOf,
  items,
  itemValue,
  type JsonValues,
  mapFields,
} from "./rows.sql.ts";
import type { Rows } from "./rows.ts";
import { addSummedUsage, removeSummedUsage } from "./usage.sql.ts";

/** The columns that follow Cinder, each with the name of its field there. */
const FIELDS = {
  ...COMMON_FIELDS,
  volume_size: "size",
  progress: "os-extended-snapshot-attributes:progress",
} as const satisfies { readonly [Column in keyof typeof snapshots.$inferSelect]?: string };

/** A snapshot to insert or update. */
export type SnapshotRow = Pick<
  typeof snapshots.$inferSelect,
  "id" | "volume_id" | "project_id" | Exclude<keyof typeof FIELDS, "metadata" | "user_id">
> &
  JsonValues & {
    /** Null if Cinder did not show it: the user of the volume. */
    readonly user_id: string | null;
  };

/** Reads the stored snapshots with some ids, and their volumes. The ids are lists in JSON. */
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
        has_open_transfer: sql`${hasOpenTransfer(sql`${volumes.id}`)}`
          .mapWith(Boolean)
          .as("has_open_transfer"),
      })
      .from(volumes)
      .where(isOneOf(volumes.id, volumeIds)),
  });

/** Protects snapshots that were made here, and those of open transfers. */
const isWritable = sql`snapshots.imported_project_id is not null and not ${hasOpenTransfer(sql`snapshots.volume_id`)}`;

/**
 * The statements of a batch of snapshots, which run in one transaction. They are all that an import does to snapshots.
 *
 * Each statement has the same guard, as for volumes.
 */
export function writeSnapshotsStatements(rows: Rows<SnapshotRow>) {
  const written = { snapshots: sql`${isOneOf(snapshots.id, JSON.stringify(rows.ids))} and ${isWritable}` };
  return batch({
    usageRemoved: removeSummedUsage(written),
    written: rows.lists().map(upsert),
    usageAdded: addSummedUsage(written),
  });
}

function upsert(rows: string) {
  const values = {
    ...mapFields(FIELDS, itemValue),
    ...importedValues(),
    volume_id: sql`volumes.id`,
    user_id: sql`coalesce(${itemValue("user_id")}, volumes.user_id)`,
  };
  return queryBuilder
    .insert(snapshots)
    .select(
      selectRow(snapshots, values, {
        from: sql`${items(rows)} join volumes on volumes.id = ${itemValue("volume_id")}`,
        // Nothing can be added to an open transfer.
        where: sql`not ${hasOpenTransfer(sql`volumes.id`)}`,
      }),
    )
    .onConflictDoUpdate({
      target: snapshots.id,
      set: changedValues("snapshots", FIELDS),
      setWhere: isWritable,
    });
}
