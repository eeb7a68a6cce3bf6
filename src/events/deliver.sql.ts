import {
  and,
  count,
  eq,
  getTableColumns,
  gt,
  isNull,
  lt,
  lte,
  notExists,
  or,
  type SQL,
  sql,
} from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { eventEndpoints, eventRetries, events, now } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { selectRow } from "../db/statements/insert.ts";

/**
 * While this many events of an endpoint wait for another attempt, no new ones are taken: the endpoint is down, and its
 * events wait in the outbox.
 */
const MAX_RETRIES = 100;

/** The values of a round of an endpoint. */
interface Values {
  readonly endpoint_id: string;
  readonly url: string;
  /** Identifies the holder of the lease. What another one has found counts for nothing. */
  readonly lease_id: string;
  readonly lease_ms: number;
  /** How long an event is retried, milliseconds. */
  readonly retry_ms: number;
  /** The maximum number of events to take. */
  readonly limit: number;
  /** All events up to this one were taken by earlier rounds; 0 before the first. */
  readonly cursor: number;
  /** A JSON list of the `seq` of the events that were delivered at a later attempt. */
  readonly delivered: string;
  /** A JSON list of the events to send again; see `Retry`. */
  readonly retries: string;
  /** Whether the endpoint is gone: 0 or 1. */
  readonly stopped: number;
  /** Whether this is the last round: 0 or 1. */
  readonly last: number;
}

/** An event to send again. */
export interface Retry {
  readonly seq: number;
  /** The number of attempts; 0 if it waits for an earlier event of its volume. */
  readonly attempts: number;
  readonly delay_ms: number;
  readonly error: string | null;
}

/**
 * Stores the outcome of a round, and takes the events of the next one, under a lease: one Worker at a time delivers to
 * an endpoint. A Worker that finds no work releases the lease in the statement that looks for it, so no event that was
 * committed before is left without anybody to deliver it.
 */
export const roundStatements = prepareBatch((params: Params<Values>) => {
  const { param, numberParam } = params;
  const isOwn = eq(eventEndpoints.id, param("endpoint_id"));
  const isHolder = sql`exists (select 1 from ${eventEndpoints} where ${isOwn}
    and ${eventEndpoints.lease_id} = ${param("lease_id")})`;
  const isLeased = sql`exists (select 1 from ${eventEndpoints} where ${isOwn}
    and ${eventEndpoints.lease_id} = ${param("lease_id")} and ${eventEndpoints.lease_until} > ${now})`;
  const holds = sql`${eventEndpoints.lease_id} is ${param("lease_id")}`;
  const nextCursor = sql`case when ${holds} then max(${eventEndpoints.cursor}, ${param("cursor")})
    else ${eventEndpoints.cursor} end`;
  const hasNew = sql`(exists (select 1 from ${events} where ${events.seq} > ${nextCursor})
    and ${hasRoom(params)})`;
  const isDue = and(isWaiting(params), lte(eventRetries.next_at, now), isFirstOfVolume());
  const hasDue = sql`exists (select 1 from ${eventRetries} where ${isDue})`;
  const hasWork = sql`(${param("last")} = 0 and ${param("stopped")} = 0 and (${hasNew} or ${hasDue}))`;
  return {
    registered: registration(params),
    delivered: queryBuilder
      .delete(eventRetries)
      .where(
        and(
          eq(eventRetries.endpoint_id, param("endpoint_id")),
          sql`${eventRetries.event_seq} in (select value from json_each(${param("delivered")}))`,
          isHolder,
        ),
      ),
    retried: retriesInsert(params, isHolder),
    leased: queryBuilder
      .update(eventEndpoints)
      .set({
        cursor: nextCursor,
        stopped_at: sql`case when ${holds} and ${param("stopped")} then ${now} end`,
        lease_id: param("lease_id"),
        lease_until: sql`case when ${hasWork} then ${now} + ${param("lease_ms")} else 0 end`,
      })
      .where(
        and(
          isOwn,
          isNull(eventEndpoints.stopped_at),
          or(holds, and(lte(eventEndpoints.lease_until, now), hasWork)),
        ),
      ),
    taken: queryBuilder
      .select({
        ...getTableColumns(events),
        is_behind: sql`exists (select 1 from ${eventRetries} where ${isWaiting(params)}
          and ${eventRetries.volume_id} = ${events.volume_id})`
          .mapWith(Boolean)
          .as("is_behind"),
      })
      .from(events)
      .where(
        and(
          gt(events.seq, sql`(select ${eventEndpoints.cursor} from ${eventEndpoints} where ${isOwn})`),
          isLeased,
          hasRoom(params),
        ),
      )
      .orderBy(events.seq)
      .limit(numberParam("limit")),
    due: queryBuilder
      .select({ ...getTableColumns(events), attempts: eventRetries.attempts })
      .from(eventRetries)
      .innerJoin(events, eq(events.seq, eventRetries.event_seq))
      .where(and(isDue, isLeased))
      .orderBy(eventRetries.next_at)
      .limit(numberParam("limit")),
  };
});

/** The condition that an event waits for another attempt at the endpoint. */
const isWaiting = ({ param }: Params<Values>): SQL | undefined =>
  and(eq(eventRetries.endpoint_id, param("endpoint_id")), isNull(eventRetries.dead_at));

/** The condition that no earlier event of the same volume waits: the order of each volume's events is kept. */
function isFirstOfVolume(): SQL {
  const earlier = alias(eventRetries, "earlier");
  return notExists(
    queryBuilder
      .select({ one: sql`1` })
      .from(earlier)
      .where(
        and(
          eq(earlier.endpoint_id, eventRetries.endpoint_id),
          eq(earlier.volume_id, eventRetries.volume_id),
          isNull(earlier.dead_at),
          lt(earlier.event_seq, eventRetries.event_seq),
        ),
      ),
  );
}

const hasRoom = (params: Params<Values>): SQL =>
  sql`(${queryBuilder.select({ waiting: count() }).from(eventRetries).where(isWaiting(params))}) < ${MAX_RETRIES}`;

/** Registers a new endpoint. It begins with the events that are young enough to be retried. */
function registration({ param }: Params<Values>) {
  const before = sql`(select ${events.seq} from ${events} where ${events.created_at} < ${now} - ${param("retry_ms")}
    order by ${events.seq} desc limit 1)`;
  const isNew = sql`not exists (select 1 from ${eventEndpoints} where ${eq(eventEndpoints.id, param("endpoint_id"))})`;
  const row = { id: param("endpoint_id"), url: param("url"), cursor: sql`coalesce(${before}, 0)` };
  return queryBuilder.insert(eventEndpoints).select(selectRow(eventEndpoints, row, { where: isNew }));
}

/** Stores the events to send again. After `until_at` a failed attempt is the last. */
function retriesInsert({ param }: Params<Values>, isHolder: SQL) {
  const field = (name: keyof Retry) => sql`retry.value ->> ${`$.${name}`}`;
  const until = sql`${events.created_at} + ${param("retry_ms")}`;
  const row = {
    endpoint_id: param("endpoint_id"),
    event_seq: events.seq,
    volume_id: events.volume_id,
    attempts: field("attempts"),
    next_at: sql`${now} + ${field("delay_ms")}`,
    until_at: until,
    last_error: field("error"),
    dead_at: sql`case when ${field("attempts")} > 0 and ${until} <= ${now} then ${now} end`,
  };
  const from = sql`json_each(${param("retries")}) as retry join ${events} on ${events.seq} = ${field("seq")}`;
  return queryBuilder
    .insert(eventRetries)
    .select(selectRow(eventRetries, row, { from, where: isHolder }))
    .onConflictDoUpdate({
      target: [eventRetries.endpoint_id, eventRetries.event_seq],
      set: {
        attempts: sql`excluded.attempts`,
        next_at: sql`excluded.next_at`,
        last_error: sql`excluded.last_error`,
        dead_at: sql`case when ${eventRetries.until_at} <= ${now} then ${now} end`,
      },
    })
    .returning({ seq: eventRetries.event_seq, dead_at: eventRetries.dead_at });
}
