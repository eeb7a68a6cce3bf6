import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { eventRetries, events, now } from "../db/schema/index.ts";
import { type Params, queryBuilder } from "../db/statements/batch.ts";
import { selectRow } from "../db/statements/insert.ts";

/** An event that waits for others is looked at again when it has waited as long again, but within these, milliseconds. */
const LOOK_AGAIN_MS = { shortest: 60_000, longest: 3_600_000 };

/** The values of the retries of an endpoint. */
export interface RetryValues {
  readonly endpoint_id: string;
  /** How long an event is retried, milliseconds. */
  readonly retry_ms: number;
  /** A JSON list of the events to send later; see `Retry`. */
  readonly retries: string;
  /** A JSON list of the volumes of the events that were delivered or have failed. */
  readonly settled: string;
}

/** An event to send later. */
export interface Retry {
  readonly seq: number;
  /** The number of attempts that have failed. */
  readonly attempts: number;
  /** Null for an event that waits for others. */
  readonly delay_ms: number | null;
  readonly error: string | null;
}

/** Makes the next event of each settled volume due, unless it has failed itself or is being sent. */
export function releaseVolumes({ param }: Params<RetryValues>, isHolder: SQL) {
  const next = alias(eventRetries, "next");
  const first = queryBuilder
    .select({ seq: next.event_seq })
    .from(next)
    .where(
      and(
        eq(next.endpoint_id, param("endpoint_id")),
        sql`${next.volume_id} = volume.value`,
        isNull(next.dead_at),
      ),
    )
    .orderBy(next.event_seq)
    .limit(1);
  return queryBuilder
    .update(eventRetries)
    .set({ next_at: now })
    .where(
      and(
        eq(eventRetries.endpoint_id, param("endpoint_id")),
        sql`${eventRetries.event_seq} in (select (${first}) from json_each(${param("settled")}) as volume)`,
        eq(eventRetries.attempts, 0),
        isHolder,
      ),
    );
}

/** Stores the events to send later. After `until_at` a failed attempt is the last. */
export function insertRetries({ param }: Params<RetryValues>, isHolder: SQL) {
  const { shortest, longest } = LOOK_AGAIN_MS;
  const lookAgain = sql`min(max(${now} - ${events.created_at}, ${shortest}), ${longest})`;
  const field = (name: keyof Retry) => sql`retry.value ->> ${`$.${name}`}`;
  const until = sql`${events.created_at} + ${param("retry_ms")}`;
  const row = {
    endpoint_id: param("endpoint_id"),
    event_seq: events.seq,
    volume_id: events.volume_id,
    project_id: events.source_project_id,
    attempts: field("attempts"),
    next_at: sql`${now} + coalesce(${field("delay_ms")}, ${lookAgain})`,
    until_at: until,
    last_error: field("error"),
    dead_at: sql`case when ${field("attempts")} > 0 and ${until} <= ${now} then ${now} end`,
  };
  const from = sql`json_each(${param("retries")}) as retry join ${events} on ${events.seq} = ${field("seq")}`;
  const hasFailed = sql`excluded.attempts > ${eventRetries.attempts}`;
  return queryBuilder
    .insert(eventRetries)
    .select(selectRow(eventRetries, row, { from, where: isHolder }))
    .onConflictDoUpdate({
      target: [eventRetries.endpoint_id, eventRetries.event_seq],
      set: {
        attempts: sql`excluded.attempts`,
        next_at: sql`excluded.next_at`,
        last_error: sql`coalesce(excluded.last_error, ${eventRetries.last_error})`,
        dead_at: sql`case when ${hasFailed} and ${eventRetries.until_at} <= ${now} then ${now} end`,
      },
    })
    .returning({ seq: eventRetries.event_seq, dead_at: eventRetries.dead_at });
}
