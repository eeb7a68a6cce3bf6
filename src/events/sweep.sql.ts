import { and, inArray, isNull, lt, lte, min, type SQL, sql } from "drizzle-orm";
import { eventEndpoints, eventRetries, events, now } from "../db/schema/index.ts";
import { batch, queryBuilder } from "../db/statements/batch.ts";

/** The number that no `seq` reaches. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * Deletes the oldest events, but never the newest event, so that no number is used twice, and none that a configured
 * endpoint still waits for.
 *
 * @param retentionMs how long events are kept, milliseconds
 * @param endpoints the ids of the configured endpoints
 * @param limit the maximum number of events to delete
 */
export function retentionStatements(retentionMs: number, endpoints: readonly string[], limit: number) {
  const configured = sql`(select value from json_each(${JSON.stringify(endpoints)}))`;
  // An endpoint that returned 410 waits for nothing.
  const receiving = queryBuilder
    .select({ id: eventEndpoints.id })
    .from(eventEndpoints)
    .where(and(isNull(eventEndpoints.stopped_at), sql`${eventEndpoints.id} in ${configured}`));
  const cursor = queryBuilder
    .select({ cursor: min(eventEndpoints.cursor) })
    .from(eventEndpoints)
    .where(inArray(eventEndpoints.id, receiving));
  const waiting = queryBuilder
    .select({ seq: min(eventRetries.event_seq) })
    .from(eventRetries)
    .where(and(isNull(eventRetries.dead_at), inArray(eventRetries.endpoint_id, receiving)));
  const newest: SQL = sql`(select max(${events.seq}) from ${events})`;
  // The oldest by number, whatever their age: a search for old ones would read the whole table if there are none.
  const oldest = queryBuilder.select({ seq: events.seq }).from(events).orderBy(events.seq).limit(limit);
  return batch({
    deleted: queryBuilder
      .delete(events)
      .where(
        and(
          inArray(events.seq, oldest),
          lt(events.created_at, sql`${now} - ${retentionMs}`),
          lt(events.seq, newest),
          lte(events.seq, sql`coalesce((${cursor}), ${NO_LIMIT})`),
          lt(events.seq, sql`coalesce((${waiting}), ${NO_LIMIT})`),
        ),
      )
      .returning({ seq: events.seq }),
  });
}

/** Deletes the retries of events that retention has deleted. */
export const deleteRetriesStatements = () =>
  batch({
    deleted: queryBuilder
      .delete(eventRetries)
      .where(lt(eventRetries.event_seq, sql`(select min(${events.seq}) from ${events})`)),
  });
