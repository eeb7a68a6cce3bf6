import { and, inArray, isNotNull, lt, sql } from "drizzle-orm";
import { failedAttempts, now, transfers } from "../db/schema/index.ts";
import { batch, queryBuilder } from "../db/statements/batch.ts";

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
      .where(and(isNotNull(transfers.deleted_at), lt(transfers.deleted_at, sql`${now} - ${retentionMs}`)))
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
