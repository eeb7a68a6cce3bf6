import { and, getTableColumns, sql } from "drizzle-orm";
import {
  AVAILABILITY_ZONE,
  isLong,
  lastUpdate,
  resourceBytes,
  snapshots,
  sortableName,
  volumes,
} from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { containsText, isNamed } from "../db/statements/filters.ts";
import { containsAll } from "../db/statements/json_objects.ts";
import { keysetPages, type SortKeys } from "../db/statements/keyset.ts";
import { selectValue } from "../db/statements/rows.ts";
import { inProject } from "../db/statements/scope.ts";
import { snapshotsInUse } from "../quotas/usage.sql.ts";
import type { Snapshot } from "./rows.sql.ts";

/** The filters of a list; a filter that is left out matches all. */
export interface SnapshotFilters {
  readonly name?: string;
  /** A part of the name. */
  readonly like?: string;
  readonly status?: string;
  readonly volume_id?: string;
  /** Keys and values, as a JSON object. */
  readonly metadata?: string;
  /** Of its volume. */
  readonly availability_zone?: string;
  readonly id?: string;
  readonly project_id?: string;
  readonly user_id?: string;
}

const name = sortableName(snapshots.display_name);
const bytes = resourceBytes((column) => snapshots[column]);

export const SNAPSHOT_SORT_KEYS: SortKeys = {
  created_at: "seq",
  name,
  display_name: name,
  status: snapshots.status,
  volume_id: snapshots.volume_id,
  id: snapshots.id,
  updated_at: lastUpdate((column) => snapshots[column]),
  user_id: snapshots.user_id,
  project_id: snapshots.project_id,
  volume_size: snapshots.volume_size,
  display_description: sortableName(snapshots.display_description),
  progress: sql`coalesce(${snapshots.progress}, '100%')`,
  // Every listed snapshot has the same.
  deleted: "constant",
  deleted_at: "constant",
  use_quota: "constant",
};

/**
 * Reads a page of the snapshots within the scope.
 *
 * @returns undefined if the marker is none of them
 */
export const readSnapshotPage = keysetPages<SnapshotFilters, Snapshot>(
  {
    table: snapshots,
    visible: (project_id) => inProject(project_id, snapshots.project_id),
    sortKeys: SNAPSHOT_SORT_KEYS,
    filters: {
      name: isNamed(snapshots.display_name),
      like: containsText(snapshots.display_name),
      status: snapshots.status,
      volume_id: snapshots.volume_id,
      metadata: containsAll(snapshots.metadata),
      availability_zone: (value) =>
        sql`exists (select 1 from ${volumes} where ${volumes.id} = ${snapshots.volume_id}
          and coalesce(${volumes.availability_zone}, ${AVAILABILITY_ZONE}) = ${value})`,
      id: snapshots.id,
      project_id: snapshots.project_id,
      user_id: snapshots.user_id,
    },
    total: snapshotsInUse,
    long: (visible) => ({
      bytes,
      exist: sql`exists (select 1 from ${snapshots} indexed by snapshots_long where ${and(visible, isLong(bytes))})`,
    }),
  },
  ({ where, order }) =>
    queryBuilder
      .select({ ...getTableColumns(snapshots), bytes: selectValue(bytes, "bytes") })
      .from(snapshots)
      .where(where)
      .orderBy(order),
);
