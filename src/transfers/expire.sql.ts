import { and, eq, inArray, isNotNull, isNull, lte, type SQL, sql } from "drizzle-orm";
import { now, transfers, volumes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { recordEvents, transferEvent } from "../events/record.sql.ts";

interface Values {
  /** Marks the transfers that this sweep closes, so that all its statements find the same. */
  readonly sweep_id: string;
  /** The maximum number of transfers to close. */
  readonly limit: number;
  /** Whether the events are recorded: 1, or undefined. */
  readonly recorded: number | undefined;
}

/**
 * Closes the transfers that expired first, and makes their volumes `available`. A volume that is no longer
 * `awaiting-transfer` keeps its status.
 */
export const expireStatements = prepareBatch(({ param, optionalParam, numberParam }: Params<Values>) => {
  const expired = (column: typeof transfers.seq | typeof transfers.volume_id, where?: SQL) =>
    queryBuilder
      .select({ column })
      .from(transfers)
      .where(
        and(
          isNull(transfers.deleted_at),
          isNotNull(transfers.expires_at),
          lte(transfers.expires_at, now),
          where,
        ),
      )
      .orderBy(transfers.expires_at, transfers.seq)
      .limit(numberParam("limit"));
  // The clock advances between two statements. The marked transfers remain the first in the order of expiry.
  const marked = eq(transfers.closed_by_request, param("sweep_id"));
  return {
    marked: queryBuilder
      .update(transfers)
      .set({ closed_by_request: param("sweep_id") })
      .where(inArray(transfers.seq, expired(transfers.seq))),
    volumesReleased: queryBuilder
      .update(volumes)
      .set({ status: "available", updated_at: now })
      .where(
        and(
          inArray(volumes.id, expired(transfers.volume_id, marked)),
          eq(volumes.status, "awaiting-transfer"),
        ),
      ),
    recorded: recordEvents(
      optionalParam("recorded") && sql`null`,
      transferEvent({
        type: "volume_transfer.expired",
        where: inArray(transfers.seq, expired(transfers.seq, marked)),
      }),
    ),
    closed: queryBuilder
      .update(transfers)
      // The sweep is no request.
      .set({ deleted_at: now, closed_by_request: null })
      .where(inArray(transfers.seq, expired(transfers.seq, marked)))
      .returning({ id: transfers.id }),
  };
});
