import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { isLong, now, seq } from "./columns.ts";

/** The data of an event, as the statement that writes the event reads it from the transfer and its volume. */
export interface EventData {
  /** Null in the events of volumes. Times are milliseconds since the epoch. */
  readonly transfer: {
    readonly id: string;
    readonly name: string | null;
    readonly no_snapshots: number;
    readonly created_at: number;
    readonly expires_at: number | null;
  } | null;
  readonly volume: {
    readonly id: string;
    readonly name: string | null;
    /** GiB. */
    readonly size: number;
    /** The name of the type. */
    readonly volume_type: string | null;
    readonly host: string | null;
    readonly managed_reference: Readonly<Record<string, string>> | null;
  };
  /** The snapshots that moved with the volume. */
  readonly snapshot_ids: readonly string[];
  /** The project that accepted, or the only one that may; null if any may. */
  readonly destination_project_id: string | null;
}

/** The request that caused an event. */
export interface EventOrigin {
  readonly user_id: string;
  readonly project_id: string;
  readonly request_id: string;
  readonly global_request_id: string | undefined;
}

/**
 * The outbox. Each statement that changes a volume's owner is followed by one that writes the event, in the same
 * transaction. SQLite has one writer, so `seq` is the order of the commits. Retention keeps the newest event, so that
 * no number is used twice.
 */
export const events = sqliteTable(
  "events",
  {
    seq: seq(),
    /** Makes the event's id, with `seq`: a database that was restored from a backup uses numbers again. */
    nonce: text().notNull().default(sql`(lower(hex(randomblob(8))))`),
    /** Without the prefix `org.openstack.`. */
    type: text().notNull(),
    created_at: integer().notNull().default(now),
    volume_id: text().notNull(),
    /** The project that owned the volume when the event occurred. */
    source_project_id: text().notNull(),
    /** The project that got the volume from another one: only an accept has one. */
    destination_project_id: text(),
    data: text({ mode: "json" }).$type<EventData>().notNull(),
    /** Null if no request caused the event. */
    origin: text({ mode: "json" }).$type<EventOrigin>(),
  },
  (t) => [
    index("events_by_source").on(t.source_project_id, t.seq),
    index("events_by_type").on(t.source_project_id, t.type, t.seq),
    index("events_by_destination")
      .on(t.destination_project_id, t.seq)
      .where(sql`"destination_project_id" is not null`),
    index("events_by_volume").on(t.volume_id, t.seq),
    index("events_long").on(t.seq).where(isLong(sql`octet_length("data")`)),
  ],
);

/** The receivers of events, and the events that each has received. */
export const eventEndpoints = sqliteTable("event_endpoints", {
  /** The beginning of the SHA-256 of the URL; `queue` for the queue. */
  id: text().primaryKey(),
  /** The URL without its query, for operators. */
  url: text().notNull(),
  /** All events up to this `seq` are delivered, dead or in `event_retries`. */
  cursor: integer().notNull(),
  /** The Worker that delivers to the endpoint now. */
  lease_id: text(),
  /** Milliseconds since the epoch. */
  lease_until: integer().notNull().default(0),
  /** When the endpoint answered 410: it gets no more events. */
  stopped_at: integer(),
});

/** Events that an endpoint did not take at the first attempt, and those that wait for others of the volume or project. */
export const eventRetries = sqliteTable(
  "event_retries",
  {
    endpoint_id: text().notNull(),
    /** The event's `seq`. */
    event_seq: integer().notNull(),
    volume_id: text().notNull(),
    /** The event's `source_project_id`; null in rows of earlier versions. */
    project_id: text(),
    /** The number of attempts that have failed. */
    attempts: integer().notNull(),
    /** When the event is sent, or, if it waits for others, looked at again. */
    next_at: integer().notNull(),
    /** After this time a failed attempt is the last. */
    until_at: integer().notNull(),
    /** The status of the last response, or why there was none. */
    last_error: text(),
    /** When the last attempt failed: the event is not sent again. */
    dead_at: integer(),
  },
  (t) => [
    primaryKey({ columns: [t.endpoint_id, t.event_seq] }),
    index("event_retries_by_volume")
      .on(t.endpoint_id, t.volume_id, t.event_seq)
      .where(sql`"dead_at" is null`),
    index("event_retries_by_time").on(t.endpoint_id, t.next_at, t.event_seq).where(sql`"dead_at" is null`),
    index("event_retries_failed")
      .on(t.endpoint_id, t.project_id)
      .where(sql`"dead_at" is null and "attempts" > 0`),
  ],
);
