import { and, eq, inArray, isNotNull, isNull, lt, lte, type SQL, sql } from "drizzle-orm";
import { failedAttempts, now, transfers, volumes } from "../db/schema/index.ts";
import { batch, type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { recordEvents, transferEvent } from "../events/record.sql.ts";
import { isNotBeingAccepted } from "./attempt.sql.ts";

interface Expiry {
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
export const expireStatements = prepareBatch(({ param, optionalParam, numberParam }: Params<Expiry>) => {
  const expired = (column: typeof transfers.seq | typeof transfers.volume_id, where?: SQL) =>
    queryBuilder
      .select({ column })
      .from(transfers)
      .where(
        and(
          isNull(transfers.deleted_at),
          isNotNull(transfers.expires_at),
          lte(transfers.expires_at, now),
          isNotBeingAccepted,
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
      // A sweep has no request id.
      .set({ deleted_at: now, closed_by_request: null })
      .where(inArray(transfers.seq, expired(transfers.seq, marked)))
      .returning({ id: transfers.id }),
  };
});

/** Idempotency keys are forgotten after a day, milliseconds. */
const KEY_LIFETIME_MS = 86_400_000;

/**
 * Deletes the transfers that were closed first, and forgets old idempotency keys.
 *
 * @param retentionMs how long closed transfers are kept, milliseconds
 * @param limit the maximum number of transfers to delete
 */
export function retentionStatements(retentionMs: number, limit: number) {
  const old = (column: typeof transfers.seq | typeof transfers.id) =>
    queryBuilder
      .select({ column })
      .from(transfers)
      .where(
        and(
          isNotNull(transfers.deleted_at),
          lt(transfers.deleted_at, sql`${now} - ${retentionMs}`),
          // It must still be ended in Cinder, which then has it for its owner alone.
          eq(transfers.in_cinder, false),
        ),
      )
      .orderBy(transfers.deleted_at, transfers.seq)
      .limit(limit);
  return batch({
    attemptsDeleted: queryBuilder
      .delete(failedAttempts)
      .where(inArray(failedAttempts.transfer_id, old(transfers.id))),
    deleted: queryBuilder
      .delete(transfers)
      .where(inArray(transfers.seq, old(transfers.seq)))
      .returning({ id: transfers.id }),
  });
}

/**
 * Forgets the idempotency keys of the accepts that are older than a day.
 *
 * @param limit the maximum number of keys
 */
export const forgetKeysStatements = (limit: number) =>
  batch({
    forgotten: queryBuilder
      .update(transfers)
      .set({ idempotency_key: null })
      .where(
        inArray(
          transfers.seq,
          queryBuilder
            .select({ seq: transfers.seq })
            .from(transfers)
            .where(
              and(
                isNotNull(transfers.idempotency_key),
                lt(transfers.deleted_at, sql`${now} - ${KEY_LIFETIME_MS}`),
              ),
            )
            .orderBy(transfers.deleted_at, transfers.seq)
            .limit(limit),
        ),
      )
      .returning({ id: transfers.id }),
  });
