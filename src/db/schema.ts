/**
 * The tables, the same for D1 and libSQL. `docs/storage.md` lists the queries that each index serves. Times are
 * milliseconds since the epoch, read from the database's own clock (`now`), so that the Workers' clocks do not matter.
 */

export { now, sortableName } from "./columns.ts";
export { ALL_TYPES, DEFAULT_CLASS, quotas, typeOfScope, usageScopes } from "./quota_tables.ts";
export { SECRET_CHECK, settings } from "./setting_tables.ts";
export {
  CLOSED_STATUSES,
  type ClosedStatus,
  closedStatus,
  createRates,
  failedAttempts,
  transfers,
} from "./transfer_tables.ts";
export { snapshots, volumes } from "./volume_tables.ts";
