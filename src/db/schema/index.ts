/**
 * The tables, the same for D1 and libSQL. `docs/storage.md` lists the queries that each index serves. Times are
 * milliseconds since the epoch, read from the database's own clock (`now`), so that the Workers' clocks do not matter.
 */

export { isLong, lastUpdate, lastUpdateOf, now, resourceBytes, sortableName } from "./columns.ts";
export * from "./defaults.ts";
export * from "./events.ts";
export * from "./fences.ts";
export * from "./quotas.ts";
export * from "./settings.ts";
export * from "./transfers.ts";
export * from "./volume_types.ts";
export * from "./volumes.ts";
