import { and, isNotNull, type SQL, sql } from "drizzle-orm";
import { failedAttempts, transfers, volumes } from "../../../db/schema/index.ts";
import { batch, queryBuilder } from "../../../db/statements/batch.ts";
import { selectRow } from "../../../db/statements/insert.ts";
import { recordEvents, volumeEvent } from "../../../events/record.sql.ts";
import {
  COMMON_FIELDS,
  changedValues,
  hasImportedOwner,
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
  size: "size",
  volume_type: "volume_type",
  bootable: "bootable",
  readonly: "metadata",
  availability_zone: "availability_zone",
  host: "os-vol-host-attr:host",
  snapshot_id: "snapshot_id",
  source_volid: "source_volid",
  migration_status: "migration_status",
} as const satisfies { readonly [Column in keyof typeof volumes.$inferSelect]?: string };

/** A volume to insert or update. */
export type VolumeRow = Pick<
  typeof volumes.$inferSelect,
  "id" | "project_id" | Exclude<keyof typeof FIELDS, "metadata">
> &
  JsonValues;

/** Reads the stored volumes with some ids, which are a list in JSON. */
export const readVolumesStatements = (ids: string) =>
  batch({
    existing: queryBuilder
      .select({
        id: volumes.id,
        project_id: volumes.project_id,
        imported_project_id: volumes.imported_project_id,
        imported_fields: sql<string | null>`${volumes.imported_fields}`.as("shown_before"),
        has_open_transfer: sql`${hasOpenTransfer(sql`${volumes.id}`)}`
          .mapWith(Boolean)
          .as("has_open_transfer"),
      })
      .from(volumes)
      .where(isOneOf(volumes.id, ids)),
  });

/**
 * Reads the closed transfers of some volumes, the oldest first. It reads all closed transfers: no index has their
 * volumes, which no request asks for.
 */
export const readHistoryStatements = (ids: string) =>
  batch({
    closed: queryBuilder
      .select({
        volume_id: transfers.volume_id,
        accepted: transfers.accepted,
        source_project_id: transfers.source_project_id,
        destination_project_id: transfers.destination_project_id,
      })
      .from(transfers)
      .where(and(isNotNull(transfers.deleted_at), isOneOf(transfers.volume_id, ids)))
      .orderBy(transfers.seq),
  });

/** The volumes of a batch. */
interface VolumeBatch {
  readonly rows: Rows<VolumeRow>;
  /** The ids of those whose owner has changed in Cinder. */
  readonly reassigned: readonly string[];
  /** The ids of those that get an event. */
  readonly announced: readonly string[];
}

/** Protects volumes that were made here, and those of open transfers. */
const isWritable = sql`volumes.imported_project_id is not null and not ${hasOpenTransfer(sql`volumes.id`)}`;

/**
 * The statements of a batch of volumes, which run in one transaction. They are all that an import does to volumes.
 *
 * Each statement has the same guard: the usage is taken and added for the volumes that are written, and for no others.
 */
export function writeVolumesStatements({ rows, reassigned, announced }: VolumeBatch) {
  const written = sql`${isOneOf(volumes.id, JSON.stringify(rows.ids))} and ${isWritable}`;
  // The usage of a snapshot is that of its volume's type.
  const resources = { volumes: written, snapshots: written };
  const history = reassigned.length === 0 ? undefined : closedTransfers(JSON.stringify(reassigned));
  return batch({
    usageRemoved: removeSummedUsage(resources),
    attemptsForgotten:
      history &&
      queryBuilder
        .delete(failedAttempts)
        .where(
          sql`${failedAttempts.transfer_id} in (select ${transfers.id} from ${transfers} where ${history})`,
        ),
    // The history of owners would contradict the owner that Cinder names.
    historyForgotten: history && queryBuilder.delete(transfers).where(history),
    written: rows.lists().map(upsert),
    recorded:
      announced.length === 0
        ? undefined
        : recordEvents(
            sql`null`,
            volumeEvent({
              type: "volume.imported",
              where: and(
                isOneOf(volumes.id, JSON.stringify(announced)),
                isNotNull(volumes.imported_project_id),
              ),
            }),
          ),
    usageAdded: addSummedUsage(resources),
  });
}

/** The condition of the closed transfers of volumes that no transfer here has handed over since the last import. */
const closedTransfers = (ids: string): SQL | undefined =>
  and(
    isNotNull(transfers.deleted_at),
    sql`${transfers.volume_id} in (select volumes.id from volumes
      where ${isOneOf(volumes.id, ids)} and ${isWritable} and ${hasImportedOwner("volumes")})`,
  );

function upsert(rows: string) {
  const values = {
    ...mapFields(FIELDS, itemValue),
    ...importedValues(),
  };
  return queryBuilder
    .insert(volumes)
    .select(selectRow(volumes, values, { from: items(rows), where: undefined }))
    .onConflictDoUpdate({
      target: volumes.id,
      set: changedValues("volumes", FIELDS),
      setWhere: isWritable,
    });
}
