import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { now, seq } from "./columns.ts";

/** How a transfer was closed: a request deletes, declines or accepts a transfer only before it expires. */
export const CLOSED_STATUSES = ["accepted", "deleted", "expired", "declined"] as const;
export type ClosedStatus = (typeof CLOSED_STATUSES)[number];

/** How a transfer ended that the other columns show as deleted. */
export const ENDS = ["declined", "replaced"] as const;

/**
 * The status of a closed transfer, with the same text in the index and in queries. A declined one is `deleted` here, as
 * for the version before, whose queries use the same index.
 */
export const indexedStatus = sql`case when "accepted" then 'accepted'
  when "expires_at" <= "deleted_at" then 'expired' else 'deleted' end`;

/** The condition that a closed transfer was declined, with the same text in the index and in queries. */
export const isDeclined = sql`"ended_as" = 'declined'`;

/** The volume of a transfer in front of a Cinder, with what moves with it. */
export interface OfferedVolume {
  readonly name: string | null;
  readonly description: string | null;
  /** GiB. */
  readonly size: number;
  readonly volume_type: string | null;
  readonly snapshots: readonly { readonly id: string; readonly size: number }[];
  /** Whether it is, as far as Cinder has told. */
  readonly encrypted: boolean;
}

/** When a transfer has ended here or will: with the same text in the index and in queries. */
export const endedAt = sql<number>`case when "deleted_at" is null then "expires_at" else "deleted_at" end`;

/** The condition that a transfer ends here, and has to end in Cinder, too. */
export const isToEndInCinder = sql`"in_cinder" = 1 and ("deleted_at" is not null or "expires_at" is not null)`;

/**
 * Transfers. A row with `deleted_at` is closed: accepted, declined, deleted or expired. The partial indexes contain open
 * transfers only, so closed ones cost a list nothing, and they contain all columns that a list shows.
 */
export const transfers = sqliteTable(
  "transfers",
  {
    seq: seq(),
    id: text().notNull().unique(),
    volume_id: text().notNull(),
    /** The name that the volume had when it was offered: its later owners may give it another one. Null for no name. */
    volume_name: text(),
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
    /** Whether an accept needs the `auth_key`. Otherwise the transfer has a destination, whose members need none. */
    key_required: integer({ mode: "boolean" }).notNull().default(true),
    /** How a transfer ended that the other columns show as deleted; null if they say it. */
    ended_as: text({ enum: ENDS }),
    /** The reason that the project gave which declined the transfer. */
    decline_reason: text(),
    /** When another project has looked at the transfer with its key, and which: the first time, and the last. */
    first_previewed_at: integer(),
    first_previewed_by: text(),
    last_previewed_at: integer(),
    last_previewed_by: text(),
    /** In front of a Cinder: its volume when the transfer was created. Null for a volume of the service. */
    volume: text({ mode: "json" }).$type<OfferedVolume>(),
    /** Cinder's own `auth_key`, encrypted. */
    sealed_key: text(),
    /** Whether Cinder may still have the transfer, also after it has ended here. */
    in_cinder: integer({ mode: "boolean" }).notNull().default(false),
    /** The id that the `Idempotency-Key` of the create stands for, if it had one: the `id` is Cinder's. */
    opened_as: text(),
    /** The accept that was sent to Cinder: of which project, by which request, and when its answer counts as lost. */
    accepting_project_id: text(),
    accepting_request_id: text(),
    accepting_until: integer(),
    /**
     * The projects whose accepts were sent to Cinder before that one, and whose answers are lost: one of them may have
     * the volume. Null if there are none.
     */
    unsettled_project_ids: text({ mode: "json" }).$type<readonly string[]>(),
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
        .on(t.source_project_id, indexedStatus, t.deleted_at, t.seq)
        .where(sql`"deleted_at" is not null`),
      index("transfers_declined").on(t.source_project_id, t.deleted_at, t.seq).where(isDeclined),
      index("transfers_closed_by_destination")
        .on(t.destination_project_id, t.deleted_at, t.seq)
        .where(sql`"accepted" = 1`),
      index("transfers_closed_by_volume").on(t.volume_id, t.seq).where(sql`"deleted_at" is not null`),
      index("transfers_by_idempotency").on(t.deleted_at, t.seq).where(sql`"idempotency_key" is not null`),
      index("transfers_by_expiry")
        .on(t.expires_at, t.seq, t.volume_id)
        .where(sql`"deleted_at" is null and "expires_at" is not null`),
      index("transfers_by_destination")
        .on(t.destination_project_id, t.seq)
        .where(sql`${open} and "destination_project_id" is not null`),
      index("transfers_by_destination_and_source")
        .on(t.destination_project_id, t.source_project_id, t.seq)
        .where(sql`${open} and "destination_project_id" is not null`),
      index("transfers_to_end_in_cinder").on(t.source_project_id, endedAt).where(isToEndInCinder),
      index("transfers_ended_in_cinder")
        .on(t.deleted_at)
        .where(sql`"in_cinder" = 1 and "deleted_at" is not null`),
      index("transfers_by_opening").on(t.opened_as).where(sql`"opened_as" is not null`),
      index("transfers_accepting").on(t.accepting_until).where(sql`"accepting_until" is not null`),
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

/** Creates that were sent to Cinder, and whose answer has not been stored. */
export const openings = sqliteTable(
  "openings",
  {
    /** The id of the request. */
    id: text().primaryKey(),
    volume_id: text().notNull(),
    project_id: text().notNull(),
    created_at: integer().notNull().default(now),
    /** When the answer counts as lost. */
    ends_at: integer().notNull(),
  },
  (t) => [index("openings_by_volume").on(t.volume_id, t.project_id), index("openings_by_end").on(t.ends_at)],
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

/**
 * Makes a table of the number of resources that each project has created in its latest minute of creating any.
 *
 * @param counter the name of the column of the number
 */
const rates = (name: string, counter: string) =>
  sqliteTable(name, {
    project_id: text().primaryKey(),
    /** Minutes since the epoch. */
    minute: integer().notNull(),
    created: integer(counter).notNull(),
  });

/** The rates of transfers, and of new keys for them. */
export const createRates = rates("create_rates", "transfers");

/** The rates of volumes. */
export const volumeRates = rates("volume_rates", "volumes");
