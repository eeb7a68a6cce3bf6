import { and, eq, inArray, isNotNull, isNull, lte, notExists, sql } from "drizzle-orm";
import { batch, queryBuilder } from "../db/batch.ts";
import { now, transfers, volumes } from "../db/schema.ts";

/**
 * Closes the transfers that expired first, and makes their volumes `available`. A volume that is no longer
 * `awaiting-transfer` keeps its status.
 *
 * @param limit the maximum number of transfers to close
 */
export function expireStatements(limit: number) {
  const expired = (column: typeof transfers.seq | typeof transfers.volume_id) =>
    queryBuilder
      .select({ column })
      .from(transfers)
      .where(
        and(isNull(transfers.deleted_at), isNotNull(transfers.expires_at), lte(transfers.expires_at, now)),
      )
      .orderBy(transfers.expires_at, transfers.seq)
      .limit(limit);
  const held = queryBuilder
    .select({ one: sql`1` })
    .from(volumes)
    .where(and(eq(volumes.id, transfers.volume_id), eq(volumes.status, "awaiting-transfer")));
  return batch({
    volumesReleased: queryBuilder
      .update(volumes)
      .set({ status: "available", updated_at: now })
      .where(and(inArray(volumes.id, expired(transfers.volume_id)), eq(volumes.status, "awaiting-transfer"))),
    closed: queryBuilder
      .update(transfers)
      .set({ deleted_at: now })
      // The clock advances between two statements: a transfer that has expired since then waits for the next batch.
      .where(and(inArray(transfers.seq, expired(transfers.seq)), notExists(held)))
      .returning({ id: transfers.id }),
  });
}
