import { parseBoolean, parseStrictBoolean } from "../http/fields.ts";
import {
  type AllowedFilters,
  type ParseFilter,
  parseFilters,
  parseMetadataFilter,
  type QueryFilters,
} from "../http/list_filters.ts";
import { SNAPSHOT_LIST_METADATA_FILTER } from "../http/microversions.ts";
import type { SnapshotFilters } from "./list.sql.ts";

/** The filters of Cinder's default configuration, and `name~`. */
export const SNAPSHOT_FILTERS: AllowedFilters = {
  names: ["name", "status", "volume_id", "metadata", "availability_zone", "consumes_quota"],
  like: true,
  since: {
    metadata: SNAPSHOT_LIST_METADATA_FILTER,
    availability_zone: Number.POSITIVE_INFINITY,
    consumes_quota: Number.POSITIVE_INFINITY,
  },
};

const FILTERS: Readonly<Record<string, ParseFilter<SnapshotFilters, boolean>>> = {
  name: (name) => ({ name }),
  display_name: (name) => ({ name }),
  "name~": (like) => ({ like }),
  status: (status) => ({ status }),
  volume_id: (volume_id) => ({ volume_id }),
  metadata(value) {
    const metadata = parseMetadataFilter(value);
    return metadata === undefined ? undefined : { metadata };
  },
  availability_zone: (availability_zone) => ({ availability_zone }),
  // Every snapshot consumes quota.
  consumes_quota: (value) => (parseStrictBoolean("use_quota", value) ? {} : undefined),
  deleted: (value) => (parseBoolean(value) ? undefined : {}),
  id: (id) => ({ id }),
  project_id: (project_id, allProjects) => (allProjects ? { project_id } : {}),
  user_id: (user_id) => ({ user_id }),
};

/**
 * Parses the filters of a list of snapshots.
 *
 * @param allProjects whether the list contains snapshots of all projects
 * @returns undefined if nothing can match
 * @throws Fault 400 for a value that Cinder rejects
 */
export function parseSnapshotFilters(query: QueryFilters, allProjects: boolean): SnapshotFilters | undefined {
  return parseFilters(FILTERS, query, allProjects, {});
}
