import { and, desc, eq, isNotNull, isNull, lte, sql } from "drizzle-orm";
import { now, openings, transfers } from "../../db/schema/index.ts";
import { batch, queryBuilder } from "../../db/statements/batch.ts";
import { CANDIDATES, noClaim } from "./end.sql.ts";

/** How long a create whose answer is lost is remembered if nobody looks for its transfer, milliseconds. */
const OPENING_LIFETIME_MS = 86_400_000;

/** Forgets old creates whose answers are lost. */
export const forgetOpeningsStatements = () =>
  batch({
    forgotten: queryBuilder
      .delete(openings)
      .where(lte(openings.ends_at, sql`${now} - ${OPENING_LIFETIME_MS}`)),
  });

/** The time after the end of its claim in which Cinder may still carry out an accept, milliseconds. */
const LATE_MS = 3_600_000;

/**
 * Reads what is to be done in Cinder.
 *
 * @param limit the maximum number of each
 */
export function dueStatements(limit: number) {
  const ended = queryBuilder
    .select({ id: transfers.id })
    .from(transfers)
    .where(
      and(
        sql`"in_cinder" = 1`,
        isNotNull(transfers.deleted_at),
        // Protects an encrypted volume: Cinder gives its key to the project that deletes the transfer.
        sql`${transfers.volume} ->> 'encrypted' = 0`,
      ),
    )
    .orderBy(transfers.deleted_at)
    .limit(CANDIDATES)
    .as("ended");
  const claimed = queryBuilder
    .select({
      id: transfers.id,
      request_id: sql<string>`${transfers.accepting_request_id}`.as("request_id"),
    })
    .from(transfers)
    .where(
      and(
        isNotNull(transfers.accepting_until),
        lte(transfers.accepting_until, now),
        isNull(transfers.deleted_at),
      ),
    )
    .orderBy(transfers.accepting_until)
    .limit(CANDIDATES)
    .as("claimed");
  return batch({
    ended: queryBuilder.select().from(ended).orderBy(sql`random()`).limit(limit),
    // Of accepts whose answers are lost.
    claimed: queryBuilder.select().from(claimed).orderBy(sql`random()`).limit(limit),
    lost: queryBuilder
      .select({
        id: openings.id,
        volume_id: openings.volume_id,
        created_at: openings.created_at,
        ends_at: openings.ends_at,
      })
      .from(openings)
      .where(lte(openings.ends_at, now))
      .orderBy(desc(openings.ends_at))
      .limit(limit),
  });
}

/** Gives back the claim of an accept that Cinder has not carried out, `LATE_MS` after the claim has ended. */
export const releaseStatements = (id: string, request_id: string) =>
  batch({
    released: queryBuilder
      .update(transfers)
      .set(noClaim)
      .where(
        and(
          eq(transfers.id, id),
          eq(transfers.accepting_request_id, request_id),
          lte(transfers.accepting_until, sql`${now} - ${LATE_MS}`),
        ),
      ),
  });
