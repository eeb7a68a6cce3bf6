import { type SQL, sql } from "drizzle-orm";
import { volumeTypes } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { keysetPages, type SortKeys } from "../db/statements/keyset.ts";
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

/**
 * Makes the condition that a type has all extra specs of a JSON object. The zones are a list in one text, so the filter
 * by zones asks for a part of it.
 */
const hasExtraSpecs = (value: SQL): SQL =>
  sql`not exists (select 1 from json_each(${value}) as wanted where not exists (
    select 1 from json_each(${volumeTypes.extra_specs}) as own where own.key = wanted.key
      and case own.key when 'RESKEY:availability_zones' then instr(lower(own.value), lower(wanted.value)) > 0
        else own.value = wanted.value end))`;

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
      extra_specs: hasExtraSpecs,
    },
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
