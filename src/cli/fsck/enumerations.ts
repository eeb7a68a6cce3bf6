import { ALL_TYPES, SECRET_CHECK } from "../../db/schema.ts";
import { SNAPSHOT_STATUSES } from "../../snapshots/schemas.ts";
import { VOLUME_TYPES } from "../../volume_types/volume_type.ts";
import { VOLUME_STATUSES } from "../../volumes/schemas.ts";

const TYPE_NAMES = VOLUME_TYPES.map(({ name }) => name);

/** The values that a column can have, by `table.column`. */
export const ENUMERATIONS: Readonly<Record<string, readonly string[]>> = {
  "volumes.status": VOLUME_STATUSES,
  "volumes.volume_type": TYPE_NAMES,
  "snapshots.status": SNAPSHOT_STATUSES,
  "quotas.volume_type": [ALL_TYPES, ...TYPE_NAMES],
  "settings.name": [SECRET_CHECK],
};
