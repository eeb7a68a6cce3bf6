import { eq, sql } from "drizzle-orm";
import {
  AVAILABILITY_ZONE,
  HOST,
  lastUpdate,
  sortableName,
  volumes,
  volumeTypes,
} from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { comparesTo, containsText, isNamed, isSame } from "../db/statements/filters.ts";
import { groupId } from "../db/statements/groups.ts";
import { containsAll } from "../db/statements/json_objects.ts";
import { keysetPages, type SortKeys } from "../db/statements/keyset.ts";
import { inProject } from "../db/statements/scope.ts";
import { hasMultiattach } from "../db/statements/volume_types.ts";
import { volumesInUse } from "../quotas/usage.sql.ts";
import { longVolumes, selectVolumes, type Volume } from "./rows.sql.ts";

/** The filters of a list; a filter that is left out matches all. */
export interface VolumeFilters {
  readonly name?: string;
  /** A part of the name. */
  readonly like?: string;
  readonly status?: string;
  readonly size?: number;
  readonly bootable?: boolean;
  readonly availability_zone?: string;
  readonly migration_status?: string | null;
  readonly group_id?: string | null;
  readonly multiattach?: boolean;
  /** Keys and values, as a JSON object. */
  readonly metadata?: string;
  /** Comparisons, as a JSON list. */
  readonly created_at?: string;
  readonly updated_at?: string;
  /** One comparison, which an index serves: the first and the last time that match, milliseconds since the epoch. */
  readonly updated_from?: number;
  readonly updated_until?: number;
  readonly id?: string;
  readonly project_id?: string;
  readonly user_id?: string;
  readonly host?: string;
  readonly description?: string | null;
  readonly snapshot_id?: string | null;
  readonly source_volid?: string | null;
  readonly attach_status?: string;
  /** The id of the type. */
  readonly volume_type_id?: string;
}

const name = sortableName(volumes.display_name);
const zone = sql`coalesce(${volumes.availability_zone}, ${AVAILABILITY_ZONE})`;
const updated = lastUpdate((name) => volumes[name]);
const host = sql`coalesce(${volumes.host}, ${HOST})`;

const attachStatus = sql`coalesce(${volumes.attach_status}, 'detached')`;

/** The metadata that clients see, with the flag that Cinder shows as a part of it. */
const shownMetadata = sql`case ${volumes.readonly}
  when 1 then json_patch(${volumes.metadata}, '{"readonly":"True"}')
  when 0 then json_patch(${volumes.metadata}, '{"readonly":"False"}') else ${volumes.metadata} end`;

export const VOLUME_SORT_KEYS: SortKeys = {
  created_at: "seq",
  name,
  display_name: name,
  status: volumes.status,
  size: volumes.size,
  id: volumes.id,
  availability_zone: zone,
  bootable: volumes.bootable,
  updated_at: updated,
  user_id: volumes.user_id,
  project_id: volumes.project_id,
  host,
  display_description: sortableName(volumes.display_description),
  snapshot_id: sortableName(volumes.snapshot_id),
  source_volid: sortableName(volumes.source_volid),
  migration_status: sortableName(volumes.migration_status),
  attach_status: attachStatus,
  volume_type_id: sql`(select ${volumeTypes.id} from ${volumeTypes} where ${volumeTypes.key} = ${volumes.volume_type})`,
  // Every listed volume has the same.
  deleted: "constant",
  deleted_at: "constant",
  use_quota: "constant",
};

/**
 * Reads a page of the volumes within the scope.
 *
 * @returns undefined if the marker is none of them
 */
export const readVolumePage = keysetPages<VolumeFilters, Volume>(
  {
    table: volumes,
    visible: (project_id) => inProject(project_id, volumes.project_id),
    sortKeys: VOLUME_SORT_KEYS,
    filters: {
      name: isNamed(volumes.display_name),
      like: containsText(volumes.display_name),
      status: volumes.status,
      size: volumes.size,
      bootable: volumes.bootable,
      availability_zone: zone,
      migration_status: isSame(volumes.migration_status),
      group_id: isSame(groupId),
      multiattach: sql`(coalesce(json_extract(${volumes.imported_fields}, '$.multiattach'), 0)
        or exists (select 1 from ${volumeTypes}
          where ${volumeTypes.key} = ${volumes.volume_type} and ${hasMultiattach}))`,
      metadata: containsAll(shownMetadata),
      created_at: comparesTo(volumes.created_at),
      updated_at: comparesTo(sql`nullif(${updated}, 0)`),
      updated_from: (value) => sql`${updated} >= ${value}`,
      updated_until: (value) => sql`${updated} <= ${value}`,
      id: volumes.id,
      project_id: volumes.project_id,
      user_id: volumes.user_id,
      // A host without a pool stands for all of its pools.
      host: (value) =>
        sql`(${host} = ${value} or substr(${host}, 1, length(${value}) + 1) = ${value} || '#')`,
      description: isSame(volumes.display_description),
      snapshot_id: isSame(volumes.snapshot_id),
      source_volid: isSame(volumes.source_volid),
      attach_status: attachStatus,
      volume_type_id: (value) =>
        sql`${volumes.volume_type} = (${queryBuilder
          .select({ key: volumeTypes.key })
          .from(volumeTypes)
          .where(eq(volumeTypes.id, value))})`,
    },
    total: volumesInUse,
    long: longVolumes,
  },
  ({ where, order }) => selectVolumes().where(where).orderBy(order),
);
