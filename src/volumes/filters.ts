import { invalid } from "../http/faults.ts";
import { BOOLEAN_WORDS, parseBoolean, parseStrictBoolean } from "../http/fields.ts";
import {
  type AllowedFilters,
  type ParseFilter,
  parseFilters,
  parseMetadataFilter,
  parseTimeFilter,
  type QueryFilters,
  type TimeComparison,
} from "../http/list_filters.ts";
import { type Microversion, VOLUME_LIST_BOOTABLE, VOLUME_LIST_GROUP } from "../http/microversions.ts";
import type { VolumeFilters } from "./list.sql.ts";

/** No microversion: Cinder ignores the filter before filters that are not allowed are rejected. */
const NEVER = Number.POSITIVE_INFINITY;

/** The filters of Cinder's default configuration, and `name~`. */
export const VOLUME_FILTERS: AllowedFilters = {
  names: [
    "name",
    "status",
    "metadata",
    "bootable",
    "migration_status",
    "availability_zone",
    "group_id",
    "size",
    "created_at",
    "updated_at",
    "consumes_quota",
  ],
  like: true,
  since: { group_id: VOLUME_LIST_GROUP, created_at: NEVER, updated_at: NEVER, consumes_quota: NEVER },
};

interface Context {
  readonly microversion: Microversion;
  /** Whether the list contains volumes of all projects. */
  readonly allProjects: boolean;
}

const ALL: VolumeFilters = {};
/** Returns the value of a filter that may ask for none. */
const orNone = (value: string): string | null => (value === "None" ? null : value);

const FILTERS: Readonly<Record<string, ParseFilter<VolumeFilters, Context>>> = {
  name: (name) => ({ name }),
  display_name: (name) => ({ name }),
  "name~": (like) => ({ like }),
  status: (status) => ({ status }),
  size: (value) => (Number.isSafeInteger(Number(value)) ? { size: Number(value) } : undefined),
  bootable: (value, context) => ({ bootable: parseFlag("bootable", value, context) }),
  multiattach: (value, context) => ({ multiattach: parseFlag("multiattach", value, context) }),
  availability_zone: (availability_zone) => ({ availability_zone }),
  migration_status: (value) => ({ migration_status: orNone(value) }),
  metadata(value) {
    const metadata = parseMetadataFilter(value);
    return metadata === undefined ? undefined : { metadata };
  },
  created_at: (value) => ({ created_at: JSON.stringify(parseTimeFilter(value)) }),
  updated_at: (value) => updatedAt(parseTimeFilter(value)),
  // Every volume consumes quota.
  consumes_quota: (value) => (parseStrictBoolean("use_quota", value) ? ALL : undefined),
  deleted: (value) => (parseBoolean(value) ? undefined : ALL),
  group_id: (value) => ({ group_id: orNone(value) }),
  id: (id) => ({ id }),
  project_id: (project_id, { allProjects }) => (allProjects ? { project_id } : ALL),
  user_id: (user_id) => ({ user_id }),
  host: (host) => ({ host }),
  display_description: (value) => ({ description: orNone(value) }),
  snapshot_id: (value) => ({ snapshot_id: orNone(value) }),
  source_volid: (value) => ({ source_volid: orNone(value) }),
  attach_status: (attach_status) => ({ attach_status }),
  volume_type_id: (volume_type_id) => ({ volume_type_id }),
};

/**
 * Parses the filters of a list of volumes.
 *
 * @returns undefined if nothing can match
 * @throws Fault 400 for a value that Cinder rejects
 */
export function parseVolumeFilters(query: QueryFilters, context: Context): VolumeFilters | undefined {
  return parseFilters(FILTERS, query, context, ALL);
}

/** Makes the filter of times of update. One comparison is made of bounds, which an index serves. */
function updatedAt(comparisons: readonly TimeComparison[]): VolumeFilters {
  const any: VolumeFilters = { updated_at: JSON.stringify(comparisons) };
  const [comparison, ...others] = comparisons;
  if (comparison === undefined || others.length > 0) return any;
  const [operator, time] = comparison;
  if (operator === "neq") return any;
  const bounds = {
    gt: { updated_from: time + 1 },
    gte: { updated_from: time },
    eq: { updated_from: time, updated_until: time },
    // The time of a volume without one is 0.
    lt: { updated_from: 1, updated_until: time - 1 },
    lte: { updated_from: 1, updated_until: time },
  };
  return bounds[operator];
}

/** Parses a flag of a volume as Cinder does: from 3.2 on it must be a boolean. */
function parseFlag(name: string, value: string, { microversion }: Context): boolean {
  if (microversion < VOLUME_LIST_BOOTABLE) return value !== "" && !/^(False|false|FALSE)$/.test(value);
  const text = value.trim().toLowerCase();
  if (!BOOLEAN_WORDS.includes(text)) throw invalid("input received", `'${name} = ${value}'`);
  return parseBoolean(text);
}
