import {
  type AllowedFilters,
  applicableFilters,
  parseMetadataFilter,
  type QueryFilters,
} from "../http/list_filters.ts";
import { type Microversion, SUPPORT_VOLUME_TYPE_FILTER } from "../http/microversions.ts";
import type { VolumeTypeFilters } from "./list.sql.ts";
import { isVisibleExtraSpec } from "./views.ts";

/** The filters of Cinder's default configuration. */
export const VOLUME_TYPE_FILTERS: AllowedFilters = {
  names: ["is_public", "extra_specs"],
  like: false,
  since: {},
};

/**
 * Parses the filters of a list of types, other than `is_public`. Those of users are ignored before 3.52.
 *
 * @param admin whether the caller may filter by other names, and by extra specs that users do not see
 * @returns undefined if nothing can match
 * @throws Fault 400 for a filter that the caller may not apply, from 3.52 on
 */
export function parseVolumeTypeFilters(
  query: QueryFilters,
  microversion: Microversion,
  admin: boolean,
): VolumeTypeFilters | undefined {
  if (!admin && microversion < SUPPORT_VOLUME_TYPE_FILTER) return {};
  const { is_public: _, ...others } = applicableFilters(query, VOLUME_TYPE_FILTERS, microversion, admin);
  const { id, name, description, extra_specs, ...unknown } = others;
  if (Object.keys(unknown).length > 0) return undefined;
  const columns = {
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
  };
  if (extra_specs === undefined) return columns;
  const specs = parseMetadataFilter(extra_specs);
  if (specs === undefined) return undefined;
  // Neither matches nor their absence may reveal the extra specs that are for admins.
  if (!admin && !Object.keys(JSON.parse(specs)).every(isVisibleExtraSpec)) return undefined;
  return { ...columns, extra_specs: specs };
}
