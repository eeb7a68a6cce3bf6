import { keysetPages, type SortKeys } from "../db/keyset.ts";
import { sortableName, volumes } from "../db/schema.ts";
import { inProject } from "../db/scope.ts";
import { selectVolumes, type Volume } from "./rows.sql.ts";

/** The filters of a list; a filter that is left out matches all. */
export interface VolumeFilters {
  readonly name?: string;
  readonly status?: string;
  readonly size?: number;
  readonly project_id?: string;
  readonly user_id?: string;
}

const name = sortableName(volumes.display_name);

export const VOLUME_SORT_KEYS: SortKeys = {
  created_at: "seq",
  name,
  display_name: name,
  status: volumes.status,
  size: volumes.size,
  id: volumes.id,
  availability_zone: "constant",
  bootable: "constant",
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
      name,
      status: volumes.status,
      size: volumes.size,
      project_id: volumes.project_id,
      user_id: volumes.user_id,
    },
  },
  ({ where, order, limit, offset }) =>
    selectVolumes()
      .where(where)
      .orderBy(...order)
      .limit(limit)
      .offset(offset),
);
