import { sql } from "drizzle-orm";
import { queryBuilder } from "../db/batch.ts";
import { keysetPages, type SortKeys } from "../db/keyset.ts";
import { usableBy } from "../db/scope.ts";
import { volumeTypes } from "../db/type_tables.ts";
import type { VolumeType } from "./rows.sql.ts";

/** The filters of a list; a filter that is left out matches all. */
export interface VolumeTypeFilters {
  /** 1 for types that are public, 0 for private ones. */
  readonly is_public?: number;
}

const description = sql`coalesce(${volumeTypes.description}, '')`;

export const VOLUME_TYPE_SORT_KEYS: SortKeys = {
  created_at: "seq",
  updated_at: sql`coalesce(${volumeTypes.updated_at}, 0)`,
  id: volumeTypes.id,
  name: volumeTypes.name,
  description,
  is_public: volumeTypes.is_public,
};

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
    filters: { is_public: volumeTypes.is_public },
  },
  ({ where, order, limit, offset }) =>
    queryBuilder
      .select()
      .from(volumeTypes)
      .where(where)
      .orderBy(...order)
      .limit(limit)
      .offset(offset),
);
