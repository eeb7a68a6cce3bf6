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
 * The tables, one schema for D1 and for libSQL. `docs/storage.md` says which query each index serves.
 * Times are milliseconds since the epoch, read from the database's own clock (`now`), so that no two Workers
 * need agree on the time.
 */

/** The database's clock, milliseconds since the epoch. */
export const now = sql<number>`(cast(unixepoch('subsec') * 1000 as integer))`;

/**
 * The order of creation, given by the database. Lists that are sorted by `created_at` follow it: it has no ties,
 * so one comparison finds where a page begins, and no two clocks need agree.
 */
const seq = () => integer().primaryKey();

/**
 * The name that a list is ordered and filtered by: SQL's NULL has no place in a keyset comparison. Written as a
 * CASE since drizzle-kit splits an index expression at its commas.
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
    /** The type's name: `__DEFAULT__` or `LUKS`. */
    volume_type: text().notNull(),
    metadata: text({ mode: "json" }).$type<Record<string, string>>().notNull(),
    created_at: integer().notNull().default(now),
    updated_at: integer(),
  },
  (t) => [
    index("volumes_by_project").on(t.project_id, t.seq),
    index("volumes_by_name").on(t.project_id, indexedName, t.seq),
    index("volumes_by_status").on(t.project_id, t.status, t.seq),
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
    /** GiB, the volume's size when the snapshot was made. */
    volume_size: integer().notNull(),
    status: text().notNull(),
    metadata: text({ mode: "json" }).$type<Record<string, string>>().notNull(),
    created_at: integer().notNull().default(now),
    updated_at: integer(),
  },
  (t) => [
    index("snapshots_by_volume").on(t.volume_id, t.project_id, t.seq),
    index("snapshots_by_project").on(t.project_id, t.seq),
    index("snapshots_by_name").on(t.project_id, indexedName, t.seq),
    index("snapshots_by_status").on(t.project_id, t.status, t.seq),
  ],
);

/**
 * Offers. A row with `deleted_at` is history: accepted, withdrawn or expired, and shown by no API call. The partial
 * indexes hold open offers alone, so closed ones cost a list nothing, and each holds all that a list shows.
 */
export const transfers = sqliteTable(
  "transfers",
  {
    seq: seq(),
    id: text().notNull().unique(),
    volume_id: text().notNull(),
    /** Empty where the offer has no name: the API takes no empty name, so the two cannot be confused. */
    display_name: text().notNull(),
    /** HMAC-SHA-256 of transfer id and `auth_key`, hexadecimal; the key itself is stored nowhere. */
    auth_key_hmac: text().notNull(),
    no_snapshots: integer({ mode: "boolean" }).notNull(),
    source_project_id: text().notNull(),
    /** The project that has accepted the offer; of one that is open, the only one that may, if not all may. */
    destination_project_id: text(),
    accepted: integer({ mode: "boolean" }).notNull().default(false),
    created_at: integer().notNull().default(now),
    deleted_at: integer(),
    /** The request that closed the offer: how the statements of one batch know that it was they who did. */
    closed_by_request: text(),
    /** Accepts with a wrong key. */
    failed_attempts: integer().notNull().default(0),
    /** When the offer ends by itself, if it does: from then on it is refused, whether it is closed yet or not. */
    expires_at: integer(),
    /** Whether whoever made the offer said when it ends, and is told. */
    expires_at_shown: integer({ mode: "boolean" }).notNull().default(false),
    /** What the request that accepted the offer was told by if it should come again. */
    idempotency_key: text(),
  },
  (t) => {
    const open = sql`"deleted_at" is null`;
    // `deleted_at` too: without it SQLite would open the row to test what the partial index already promises.
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

/** The `volume_type` of the row that holds a project's quota and usage over all types. */
export const ALL_TYPES = "";

/**
 * Limits and usage, one row for a project (`volume_type` is `ALL_TYPES`) and one for each volume type it uses.
 * A limit that is null is the default; usage is kept by the statements that make, move or delete a resource, in
 * the same batch.
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
    // Of what these limit there is nothing here; clients set and show them all the same.
    backups_limit: integer(),
    backup_gigabytes_limit: integer(),
    groups_limit: integer(),
    volumes_in_use: integer().notNull().default(0),
    gigabytes_in_use: integer().notNull().default(0),
    snapshots_in_use: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.project_id, t.volume_type] }),
    check(
      "quotas_in_use",
      sql`${t.volumes_in_use} >= 0 and ${t.gigabytes_in_use} >= 0 and ${t.snapshots_in_use} >= 0`,
    ),
  ],
);
