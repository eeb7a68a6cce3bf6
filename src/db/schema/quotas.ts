import { type Column, type SQL, sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The `volume_type` of the row with a project's quota and usage over all types. */
export const ALL_TYPES = "";

/** The scopes of a volume's usage: over all types, and its type. */
export const usageScopes = sql`(select 0 as typed union all select 1) as scope`;
/** Makes the `volume_type` of a scope's row. */
export const typeOfScope = (volume_type: SQL | Column | SQL.Aliased): SQL =>
  sql`case scope.typed when 0 then ${ALL_TYPES} else ${volume_type} end`;

/** The `project_id` of the rows with the default limits of every project: the quota class `default`. */
export const DEFAULT_CLASS = "";

/**
 * Limits and usage: one row for a project (`volume_type` is `ALL_TYPES`) and one for each volume type it uses, by the
 * type's key. A null limit means the default: that of the quota class `default`, or else the configured one. Usage is
 * updated by the statements that create, move or delete a resource, in the same batch.
 */
export const quotas = sqliteTable(
  "quotas",
  {
    project_id: text().notNull(),
    volume_type: text().notNull(),
    volumes_limit: integer(),
    gigabytes_limit: integer(),
    snapshots_limit: integer(),
    per_volume_gigabytes_limit: integer(),
    // The service has none of these resources; clients set and show their limits nevertheless.
    backups_limit: integer(),
    backup_gigabytes_limit: integer(),
    groups_limit: integer(),
    volumes_in_use: integer().notNull().default(0),
    gigabytes_in_use: integer().notNull().default(0),
    snapshots_in_use: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.project_id, t.volume_type] }),
    index("quotas_by_type").on(t.volume_type),
    check(
      "quotas_in_use",
      sql`${t.volumes_in_use} >= 0 and ${t.gigabytes_in_use} >= 0 and ${t.snapshots_in_use} >= 0`,
    ),
  ],
);
