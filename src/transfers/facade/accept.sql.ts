import { and, eq, exists, sql } from "drizzle-orm";
import { now, transfers } from "../../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../../db/statements/batch.ts";
import { allHold } from "../../db/statements/guards.ts";
import { acceptedBefore } from "../accept.sql.ts";
import { type Attempt, attemptedOffer, countFailedAttempt, keyGuards, readOffer } from "../attempt.sql.ts";
import { transferColumns } from "../rows.sql.ts";

interface Values extends Attempt {
  /** The claim is of this request. */
  readonly request_id: string;
  /** When the answer of Cinder counts as lost, milliseconds from now. */
  readonly lost_after: number;
  readonly idempotency_key: string | undefined;
}

/** Claims an open transfer for an accept that Cinder is then asked for; or changes nothing but the failed attempts. */
export const claimStatements = prepareBatch((params: Params<Values>) => {
  const { param } = params;
  const offer = attemptedOffer(params);
  const guards = {
    ...keyGuards(offer),
    // Protects the accept before, until its answer counts as lost: nobody else's is sent to Cinder meanwhile.
    being_accepted: eq(offer.is_free, 1),
  };
  const transfer = eq(transfers.id, param("transfer_id"));
  return {
    // Read before the claim replaces it. One that is closed is none of Cinder's own.
    before: queryBuilder
      .select({
        volume_id: transfers.volume_id,
        source_project_id: transfers.source_project_id,
        accepting_project_id: transfers.accepting_project_id,
        accepting_request_id: transfers.accepting_request_id,
        accepting_until: transfers.accepting_until,
      })
      .from(transfers)
      .where(transfer),
    claimed: queryBuilder
      .update(transfers)
      .set({
        accepting_project_id: param("project_id"),
        accepting_request_id: param("request_id"),
        accepting_until: sql`${now} + ${param("lost_after")}`,
      })
      .where(and(transfer, exists(queryBuilder.select({ one: sql`1` }).from(offer).where(allHold(guards)))))
      .returning({ ...transferColumns, sealed_key: transfers.sealed_key }),
    ...countFailedAttempt(params),
    acceptedBefore: acceptedBefore(params),
    offer: readOffer(offer, guards),
  };
});

interface Restored {
  readonly id: string;
  readonly request_id: string;
  readonly before_project: string;
  readonly before_request: string;
  readonly before_until: number;
}

/** Gives the claim back to the accept before, whose answer is lost, and which may have succeeded. */
export const restoreClaimStatements = prepareBatch(({ param }: Params<Restored>) => ({
  restored: queryBuilder
    .update(transfers)
    .set({
      accepting_project_id: param("before_project"),
      accepting_request_id: param("before_request"),
      accepting_until: param("before_until"),
    })
    .where(and(eq(transfers.id, param("id")), eq(transfers.accepting_request_id, param("request_id")))),
}));
