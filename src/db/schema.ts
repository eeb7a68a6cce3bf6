import { type SQL, sql } from "drizzle-orm";
import {
  check,
  index,
  integer,
  primaryKey,
  type SQLiteColumn,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";

/**
 * The tables, the same for D1 and libSQL. `docs/storage.md` lists the queries that each index serves. Times are
 * milliseconds since the epoch, read from the database's own clock (`now`), so that the Workers' clocks do not matter.
 */

/** Reads the database's clock, milliseconds since the epoch. */
export const now = sql<number>`(cast(unixepoch('subsec') * 1000 as integer))`;

/**
 * The order of creation, assigned by the database. Lists sorted by `created_at` follow it: it is unique, so one
 * comparison finds the start of a page.
 */
export const seq = () => integer().primaryKey();

/**
 * The name that lists are sorted and filtered by: a keyset comparison cannot contain SQL's NULL. It is a CASE
 * because drizzle-kit splits an index expression at its commas.
 */
export const sortableName = (name: SQL | SQLiteColumn): SQL<string> =>
  sql<string>`case when ${name} is null then '' else ${name} end`;
const indexedName = sortableName(sql`"display_name"`);

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
    index("volumes_by_reference").on(t.managed_reference, t.host).where(sql`"managed_reference" is not null`),
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
  ],
);

/**
 * Transfers. A row with `deleted_at` is closed: accepted, deleted or expired. The partial indexes contain open
 * transfers only, so closed ones cost a list nothing, and they cover what a list shows.
 */
export const transfers = sqliteTable(
  "transfers",
  {
    seq: seq(),
    id: text().notNull().unique(),
    volume_id: text().notNull(),
    /** Empty for a transfer without a name: the API rejects empty names, so the two cannot be confused. */
    display_name: text().notNull(),
    /** HMAC-SHA-256 of transfer id and `auth_key`, hexadecimal; the key itself is not stored. */
    auth_key_hmac: text().notNull(),
    no_snapshots: integer({ mode: "boolean" }).notNull(),
    source_project_id: text().notNull(),
    /** The project that accepted the transfer; while it is open, the only project that may, or null if any may. */
    destination_project_id: text(),
    accepted: integer({ mode: "boolean" }).notNull().default(false),
    created_at: integer().notNull().default(now),
    deleted_at: integer(),
    /** The id of the request that closed the transfer, by which later statements of its batch find the transfer. */
    closed_by_request: text(),
    /** The id of the request that created the transfer, by which the statement of its event finds the transfer. */
    created_by_request: text(),
    /** The number of attempts to accept with a wrong key, by all projects. */
    failed_attempts: integer().notNull().default(0),
    /** When the transfer expires, if it does. From then on it is rejected, whether it is closed yet or not. */
    expires_at: integer(),
    /** Whether the creator gave the expiry, and responses contain it. */
    expires_at_shown: integer({ mode: "boolean" }).notNull().default(false),
    /** The idempotency key of the request that accepted the transfer. */
    idempotency_key: text(),
  },
  (t) => {
    const open = sql`"deleted_at" is null`;
    // `deleted_at` too: without it SQLite would read the row to test the condition of the partial index again.
    const shown = [
      t.id,
      t.volume_id,
      t.no_snapshots,
      t.created_at,
      t.deleted_at,
      t.destination_project_id,
      t.expires_at,
      t.expires_at_shown,
    ] as const;
    return [
      uniqueIndex("transfers_by_volume").on(t.volume_id).where(open),
      index("transfers_closed").on(t.deleted_at, t.seq).where(sql`"deleted_at" is not null`),
      index("transfers_closed_by_source")
        .on(t.source_project_id, t.deleted_at, t.seq)
        .where(sql`"deleted_at" is not null`),
      index("transfers_closed_by_destination")
        .on(t.destination_project_id, t.deleted_at, t.seq)
        .where(sql`"accepted" = 1`),
      index("transfers_closed_by_volume").on(t.volume_id, t.seq).where(sql`"deleted_at" is not null`),
      index("transfers_by_idempotency").on(t.deleted_at, t.seq).where(sql`"idempotency_key" is not null`),
      index("transfers_by_expiry")
        .on(t.expires_at, t.seq, t.volume_id)
        .where(sql`"deleted_at" is null and "expires_at" is not null`),
      index("transfers_by_project")
        .on(t.source_project_id, t.seq, t.display_name, ...shown)
        .where(open),
      index("transfers_by_name")
        .on(t.source_project_id, t.display_name, t.seq, ...shown)
        .where(open),
      index("transfers_by_seq")
        .on(t.seq, t.source_project_id, t.display_name, ...shown)
        .where(open),
      index("transfers_of_all_by_name")
        .on(t.display_name, t.seq, t.source_project_id, ...shown)
        .where(open),
    ];
  },
);

/** Failed attempts to accept a transfer, by the project that made them. */
export const failedAttempts = sqliteTable(
  "failed_attempts",
  {
    transfer_id: text().notNull(),
    project_id: text().notNull(),
    attempts: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.transfer_id, t.project_id] })],
);

/** The transfers that a project has created in its latest minute of creating any. */
export const createRates = sqliteTable("create_rates", {
  project_id: text().primaryKey(),
  /** Minutes since the epoch. */
  minute: integer().notNull(),
  transfers: integer().notNull(),
});

/** Values that belong to the database as a whole. */
export const settings = sqliteTable("settings", { name: text().primaryKey(), value: text().notNull() });

/** The setting with the check of the `AUTH_KEY_SECRET` that the database's transfers were created under. */
export const SECRET_CHECK = "auth_key_secret_check";

/** The `volume_type` of the row with a project's quota and usage over all types. */
export const ALL_TYPES = "";

/** The `project_id` of the rows with the default limits of every project: the quota class `default`. */
export const DEFAULT_CLASS = "";

/**
 * Limits and usage: one row for a project (`volume_type` is `ALL_TYPES`) and one for each volume type it uses, by the
 * type's key. A null limit means the default: that of the quota class `default`, or else the configured one. Usage is updated by the statements that create, move or delete a resource, in the same
 * batch.
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
    // The service has none of these resources; clients set and show their limits all the same.
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
