import { ENDS, MODE, SECRET_CHECK } from "../../db/schema/index.ts";
import { EVENT_TYPES } from "../../events/types.ts";
import { SNAPSHOT_STATUSES } from "../../snapshots/statuses.ts";
import { VOLUME_STATUSES } from "../../volumes/statuses.ts";

/** The values that a column can have, by `table.column`. */
export const ENUMERATIONS: Readonly<Record<string, readonly string[]>> = {
  "volumes.status": VOLUME_STATUSES,
  "snapshots.status": SNAPSHOT_STATUSES,
  "events.type": EVENT_TYPES,
  "transfers.ended_as": ENDS,
  "settings.name": [SECRET_CHECK, MODE],
};
