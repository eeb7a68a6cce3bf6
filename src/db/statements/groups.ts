import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { snapshots, volumes } from "../schema/index.ts";

// The service has no groups. An imported volume or snapshot can belong to a group of the Cinder that it comes from.

const imported = (fields: SQLiteColumn, name: string): SQL<string | null> =>
  sql`nullif(json_extract(${fields}, ${sql.raw(`'$.${name}'`)}), '')`;

/** The group that a volume belongs to. */
export const groupId = imported(volumes.imported_fields, "group_id");

const consistencyGroupId = imported(volumes.imported_fields, "consistencygroup_id");

/** The condition that a volume belongs to a consistency group, of which groups are the successor. */
export const isInConsistencyGroup: SQL<number> = sql<number>`(${consistencyGroupId} is not null)`;

/** The condition that a volume belongs to a group of either kind. */
export const isInGroup: SQL<boolean> = sql`(coalesce(${groupId}, ${consistencyGroupId}) is not null)`;

/** The condition that a snapshot is part of a snapshot of a group. */
export const isInGroupSnapshot: SQL<boolean> = sql`(${imported(snapshots.imported_fields, "group_snapshot_id")} is not null)`;
