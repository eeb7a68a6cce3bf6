import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { indexedName, isLong, lastUpdate, now, resourceBytes, seq } from "./columns.ts";

export const volumes = sqliteTable(
  "volumes",
  {
    seq: seq(),
    id: text().notNull().unique(),
    project_id: text().notNull(),
    user_id: text().notNull(),
    display_name: text(),
    display_description: text(),
    /** GiB. */
    size: integer().notNull(),
    status: text().notNull(),
    /** The key of its type in `volume_types`. */
    volume_type: text().notNull(),
    metadata: text({ mode: "json" }).$type<Record<string, string>>().notNull(),
    created_at: integer().notNull().default(now),
    /** Null before the first change: see `lastUpdate`. */
    updated_at: integer(),
    bootable: integer({ mode: "boolean" }).notNull().default(false),
    /** Null before the flag is set for the first time. */
    readonly: integer({ mode: "boolean" }),
    /** Null for the service's own zone. */
    availability_zone: text(),
    /** Where the storage is, as Cinder writes it (`host@backend#pool`); null for a volume that was made here. */
    host: text(),
    snapshot_id: text(),
    source_volid: text(),
    migration_status: text(),
    /** `attached` after an admin has set it; null for a volume that is not attached to anything. */
    attach_status: text(),
    /** The `ref` by which the volume was managed. */
    managed_reference: text({ mode: "json" }).$type<Record<string, string>>(),
    /** The fields that a Cinder showed of the volume when it was imported last, by their names in Cinder's API. */
    imported_fields: text({ mode: "json" }).$type<Record<string, unknown>>(),
    /** The project that owned the volume in the Cinder from which it was imported last. */
    imported_project_id: text(),
  },
  (t) => [
    index("volumes_by_project").on(t.project_id, t.seq),
    index("volumes_by_name").on(t.project_id, indexedName, t.seq),
    index("volumes_by_status").on(t.project_id, t.status, t.seq),
    index("volumes_by_update").on(t.project_id, lastUpdate(), t.seq),
    index("volumes_by_reference").on(t.managed_reference, t.host).where(sql`"managed_reference" is not null`),
    index("volumes_long").on(t.project_id).where(isLong(resourceBytes())),
    check("volumes_size", sql`${t.size} > 0`),
  ],
);

export const snapshots = sqliteTable(
  "snapshots",
  {
    seq: seq(),
    id: text().notNull().unique(),
    volume_id: text().notNull(),
    project_id: text().notNull(),
    user_id: text().notNull(),
    display_name: text(),
    display_description: text(),
    /** The volume's size when the snapshot was made, GiB. */
    volume_size: integer().notNull(),
    status: text().notNull(),
    metadata: text({ mode: "json" }).$type<Record<string, string>>().notNull(),
    created_at: integer().notNull().default(now),
    updated_at: integer(),
    /** The fields that a Cinder showed of the snapshot when it was imported last. */
    imported_fields: text({ mode: "json" }).$type<Record<string, unknown>>(),
    /** The project that owned the snapshot in the Cinder from which it was imported last. */
    imported_project_id: text(),
    /** A percentage, as Cinder writes it; null for `100%`. */
    progress: text(),
    /** The `ref` by which the snapshot was managed. */
    managed_reference: text({ mode: "json" }).$type<Record<string, string>>(),
  },
  (t) => [
    index("snapshots_by_volume").on(t.volume_id, t.project_id, t.seq),
    index("snapshots_by_project").on(t.project_id, t.seq),
    index("snapshots_by_name").on(t.project_id, indexedName, t.seq),
    index("snapshots_by_status").on(t.project_id, t.status, t.seq),
    index("snapshots_long").on(t.project_id).where(isLong(resourceBytes())),
  ],
);
