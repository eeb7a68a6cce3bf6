import {
  and,
  type Column,
  eq,
  exists,
  getTableColumns,
  gt,
  isNull,
  lt,
  lte,
  or,
  type SQL,
  sql,
} from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { eventEndpoints, eventRetries, events, now } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { selectRow } from "../db/statements/insert.ts";
import { insertRetries, type RetryValues, releaseVolumes } from "./retries.sql.ts";

/**
 * The number of events of a project that may have failed at an endpoint. Further events of the project wait until there
 * are fewer, so that a receiver that refuses a project has time for the others.
 */
const PROJECT_SHARE = 20;
/** The values of a round of an endpoint. */
interface Values extends RetryValues {
  readonly url: string;
  /** Identifies the holder of the lease. What another one has found counts for nothing. */
  readonly lease_id: string;
  readonly lease_ms: number;
  /** The maximum number of new events to take. */
  readonly new_limit: number;
  /** The maximum number of events to take whose time has come. */
  readonly due_limit: number;
  /** All events up to this one were taken by earlier rounds; 0 before the first. */
  readonly cursor: number;
  /** A JSON list of the `seq` of the events that were delivered at a later attempt. */
  readonly delivered: string;
  /** Whether events are being sent: 0 or 1. */
  readonly busy: number;
  /** Whether the endpoint is gone: 0 or 1. */
  readonly stopped: number;
  /** Whether this is the last round: 0 or 1. */
  readonly last: number;
}

/**
 * Stores the outcome of a round, and takes the events of the next one, under a lease: one Worker at a time delivers to
 * an endpoint. A Worker that finds no work releases the lease in the statement that looks for it, so no event that was
 * committed before is left without anybody to deliver it.
 *
 * It reads as many rows however many events wait: those that wait for others are not due.
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
  const hasNew = sql`exists (select 1 from ${events} where ${events.seq} > ${nextCursor})`;
  const isDue = and(isAlive(params), lte(eventRetries.next_at, now));
  const hasDue = sql`exists (select 1 from ${eventRetries} join ${events} on ${events.seq} = ${eventRetries.event_seq}
    where ${isDue})`;
  const hasWork = sql`(${param("last")} = 0 and ${param("stopped")} = 0
    and (${param("busy")} or ${hasNew} or ${hasDue}))`;
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
    retried: insertRetries(params, isHolder),
    released: releaseVolumes(params, isHolder),
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
      )
      .returning({ lease_until: eventEndpoints.lease_until }),
    taken: queryBuilder
      .select({
        ...getTableColumns(events),
        waits: flag(or(hasEarlier(params, events), isBeyondShare(params, events.source_project_id))),
      })
      .from(events)
      .where(
        and(
          gt(events.seq, sql`(select ${eventEndpoints.cursor} from ${eventEndpoints} where ${isOwn})`),
          isLeased,
        ),
      )
      .orderBy(events.seq)
      .limit(numberParam("new_limit")),
    due: queryBuilder
      .select({
        ...getTableColumns(events),
        attempts: eventRetries.attempts,
        // One that has failed is part of its project's share.
        waits: flag(
          or(
            hasEarlier(params, events),
            and(eq(eventRetries.attempts, 0), isBeyondShare(params, events.source_project_id)),
          ),
        ),
      })
      .from(eventRetries)
      .innerJoin(events, eq(events.seq, eventRetries.event_seq))
      .where(and(isDue, isLeased))
      .orderBy(eventRetries.next_at)
      .limit(numberParam("due_limit")),
  };
});

/** The condition that an event is yet to be delivered to the endpoint. */
const isAlive = ({ param }: Params<Values>): SQL | undefined =>
  and(eq(eventRetries.endpoint_id, param("endpoint_id")), isNull(eventRetries.dead_at));

/** Makes the column of whether an event waits for others. */
const flag = (condition: SQL | undefined) => sql`${condition}`.mapWith(Boolean).as("waits");

/** The condition that an earlier event of an event's volume is yet to be delivered: their order is kept. */
function hasEarlier({ param }: Params<Values>, { volume_id, seq }: typeof events): SQL {
  const earlier = alias(eventRetries, "earlier");
  return exists(
    queryBuilder
      .select({ one: sql`1` })
      .from(earlier)
      .where(
        and(
          eq(earlier.endpoint_id, param("endpoint_id")),
          eq(earlier.volume_id, volume_id),
          isNull(earlier.dead_at),
          lt(earlier.event_seq, seq),
        ),
      ),
  );
}

/** The condition that as many events of a project have failed as its share is. */
function isBeyondShare({ param }: Params<Values>, project_id: Column): SQL {
  const failed = alias(eventRetries, "failed");
  const counted = queryBuilder
    .select({ one: sql`1` })
    .from(failed)
    .where(
      and(
        eq(failed.endpoint_id, param("endpoint_id")),
        eq(failed.project_id, project_id),
        isNull(failed.dead_at),
        sql`${failed.attempts} > 0`,
      ),
    )
    .limit(PROJECT_SHARE);
  return sql`(select count(*) from (${counted})) = ${PROJECT_SHARE}`;
}

/** Registers a new endpoint. It begins with the events that are young enough to be retried. */
function registration({ param }: Params<Values>) {
  const before = sql`(select ${events.seq} from ${events} where ${events.created_at} < ${now} - ${param("retry_ms")}
    order by ${events.seq} desc limit 1)`;
  const isNew = sql`not exists (select 1 from ${eventEndpoints} where ${eq(eventEndpoints.id, param("endpoint_id"))})`;
  const row = { id: param("endpoint_id"), url: param("url"), cursor: sql`coalesce(${before}, 0)` };
  return queryBuilder.insert(eventEndpoints).select(selectRow(eventEndpoints, row, { where: isNew }));
}
