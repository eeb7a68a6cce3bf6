import { queryBuilder } from "../db/batch.ts";
import { keysetPages, type SortKeys } from "../db/keyset.ts";
import { snapshots, sortableName } from "../db/schema.ts";
import { inProject } from "../db/scope.ts";
import type { Snapshot } from "./rows.sql.ts";

/** The filters of a list; a filter that is left out matches all. */
interface SnapshotFilters {
  readonly name?: string;
  readonly status?: string;
  readonly volume_id?: string;
  readonly project_id?: string;
}

const name = sortableName(snapshots.display_name);

export const SNAPSHOT_SORT_KEYS: SortKeys = {
  created_at: "seq",
  name,
  display_name: name,
  status: snapshots.status,
  volume_id: snapshots.volume_id,
  id: snapshots.id,
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
      name,
      status: snapshots.status,
      volume_id: snapshots.volume_id,
      project_id: snapshots.project_id,
    },
  },
  ({ where, order, limit, offset }) =>
    queryBuilder
      .select()
      .from(snapshots)
      .where(where)
      .orderBy(...order)
      .limit(limit)
      .offset(offset),
);
