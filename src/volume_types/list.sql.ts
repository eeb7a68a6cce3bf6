import { getTableColumns, type SQL, sql } from "drizzle-orm";
import { volumeTypes } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { containsAll } from "../db/statements/json_objects.ts";
import { keysetPages, type SortKeys } from "../db/statements/keyset.ts";
import { selectValue } from "../db/statements/rows.ts";
import { usableBy } from "../db/statements/volume_types.ts";
import type { VolumeType } from "./rows.sql.ts";

/** The filters of a list; a filter that is left out matches all. */
export interface VolumeTypeFilters {
  /** 1 for types that are public, 0 for private ones. */
  readonly is_public?: number;
  readonly id?: string;
  readonly name?: string;
  readonly description?: string;
  /** Names and values, as a JSON object. */
  readonly extra_specs?: string;
}

const description = sql`coalesce(${volumeTypes.description}, '')`;
const bytes = sql<number>`octet_length(${volumeTypes.extra_specs})`;

export const VOLUME_TYPE_SORT_KEYS: SortKeys = {
  created_at: "seq",
  updated_at: sql`coalesce(${volumeTypes.updated_at}, 0)`,
  id: volumeTypes.id,
  name: volumeTypes.name,
  description,
  is_public: volumeTypes.is_public,
  // Every listed type has the same.
  qos_specs_id: "constant",
  deleted: "constant",
  deleted_at: "constant",
};

/** The zones are a list in one text, so the filter by zones asks for a part of it. */
const hasZones = (wanted: SQL): SQL =>
  sql`(own.key = 'RESKEY:availability_zones' and exists (select 1 from json_each(${wanted}) as wanted
    where wanted.key = own.key and instr(lower(own.value), lower(wanted.value)) > 0))`;

/**
 * Reads a page of the types that a project may use, or of all.
 *
 * @returns undefined if the marker is none of them
 */
export const readVolumeTypePage = keysetPages<VolumeTypeFilters, VolumeType>(
  {
    table: volumeTypes,
    visible: usableBy,
    sortKeys: VOLUME_TYPE_SORT_KEYS,
    filters: {
      is_public: volumeTypes.is_public,
      id: volumeTypes.id,
      name: volumeTypes.name,
      description: volumeTypes.description,
      extra_specs: containsAll(volumeTypes.extra_specs, hasZones),
    },
    // There are few types.
    long: () => ({ bytes, exist: sql`true` }),
  },
  ({ where, order }) =>
    queryBuilder
      .select({ ...getTableColumns(volumeTypes), bytes: selectValue(bytes, "bytes") })
      .from(volumeTypes)
      .where(where)
      .orderBy(order),
);
