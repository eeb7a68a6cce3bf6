import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { now, transfers, volumes, volumeTypes } from "../db/schema/index.ts";
import { selectValue } from "../db/statements/rows.ts";
import { inProject } from "../db/statements/scope.ts";

/** The columns of a transfer that responses are made from. */
export const transferColumns = {
  id: transfers.id,
  volume_id: transfers.volume_id,
  display_name: transfers.display_name,
  no_snapshots: transfers.no_snapshots,
  source_project_id: transfers.source_project_id,
  destination_project_id: transfers.destination_project_id,
  created_at: transfers.created_at,
  expires_at: transfers.expires_at,
  expires_at_shown: transfers.expires_at_shown,
};

/** A transfer; the columns are described in `src/db/schema/transfers.ts`. */
export type Transfer = Pick<typeof transfers.$inferSelect, keyof typeof transferColumns>;

/** The volume and the snapshots that an accept would move. */
export interface Moved {
  readonly volume_name: string | null;
  readonly volume_description: string | null;
  readonly volume_type: string;
  /** GiB. */
  readonly size: number;
  /** The number of snapshots that move with the volume. */
  readonly snapshots: number;
  /** GiB. */
  readonly snapshot_gigabytes: number;
}

/** The columns of what the owner sees of previews by other projects. */
export const receiptColumns = {
  first_previewed_at: transfers.first_previewed_at,
  first_previewed_by: transfers.first_previewed_by,
  last_previewed_at: transfers.last_previewed_at,
  last_previewed_by: transfers.last_previewed_by,
};

/** Selects a property of a transfer's volume: of the service's own, or of the one in a Cinder. */
const ofVolume = <T>(own: SQL | typeof volumes.size, name: string, alias: string) =>
  selectValue(
    sql<T>`case when ${transfers.volume} is null then ${own} else ${transfers.volume} ->> ${sql.raw(`'${name}'`)} end`,
    alias,
  );

/** The columns of a transfer's volume that a recipient sees: over a join with the volume, and its type if it has one. */
export const volumeColumns = {
  // Both tables have a `display_name`, and D1 returns rows as objects.
  volume_name: ofVolume<string | null>(sql`${volumes.display_name}`, "name", "volume_name"),
  volume_description: ofVolume<string | null>(
    sql`${volumes.display_description}`,
    "description",
    "volume_description",
  ),
  volume_type: ofVolume<string>(
    sql`coalesce(${volumeTypes.name}, ${volumes.volume_type})`,
    "volume_type",
    "type_name",
  ),
  size: ofVolume<number>(volumes.size, "size", "volume_size"),
};

/** The columns that an owner follows an open transfer with, beside its own: joined with those of the volume. */
export const followedColumns = {
  ...transferColumns,
  ...receiptColumns,
  key_required: transfers.key_required,
  volume_name: volumeColumns.volume_name,
  volume_size: volumeColumns.size,
};

/** The condition that a transfer is open: neither closed nor expired. */
export const isOpen: SQL = sql`(${isNull(transfers.deleted_at)}
  and (${transfers.expires_at} is null or ${transfers.expires_at} > ${now}))`;

/** Makes the condition that a transfer is the open one with an id, in a project if one is given. */
export const openTransfer = (id: SQL, project_id: SQL | undefined): SQL | undefined =>
  and(eq(transfers.id, id), isOpen, inProject(project_id, transfers.source_project_id));

/** Makes the condition that a transfer is the one with an id, and that a request has closed it. */
export const closedBy = (request_id: SQL, id: SQL): SQL | undefined =>
  and(eq(transfers.id, id), eq(transfers.closed_by_request, request_id));
