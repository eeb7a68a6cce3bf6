import { and, eq, sql } from "drizzle-orm";
import { now, transfers } from "../../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder, repeatable } from "../../db/statements/batch.ts";
import { allHold, hasRow } from "../../db/statements/guards.ts";
import { acceptedBefore } from "../accept.sql.ts";
import { type Attempt, countFailedAttempt, keyAttempt, keyGuards, readRefusal } from "../attempt.sql.ts";
import { transferColumns } from "../rows.sql.ts";
import { claimColumns } from "./end.sql.ts";

interface Values extends Attempt {
  /** The claim is of this request. */
  readonly request_id: string;
  /** When the answer of Cinder counts as lost, milliseconds from now. */
  readonly lost_after: number;
  readonly idempotency_key: string | undefined;
}

const claimedColumns = { ...transferColumns, sealed_key: transfers.sealed_key };

function makeEvidence({ param }: Params<Values>) {
  const isClaimed = and(
    eq(transfers.id, param("transfer_id")),
    eq(transfers.accepting_request_id, param("request_id")),
  );
  return {
    claimed: queryBuilder.select(claimedColumns).from(transfers).where(isClaimed),
    known: queryBuilder.select(claimColumns).from(transfers).where(isClaimed),
  };
}

const { accepting_project_id, unsettled_project_ids } = transfers;

/** Claims an open transfer for an accept that Cinder is then asked for; or changes nothing but the failed attempts. */
export const claimStatements = prepareBatch((params: Params<Values>) => {
  const { param, optionalParam } = params;
  const attempted = keyAttempt(params);
  const guards = {
    ...keyGuards(attempted),
    // Protects the accept before, until its answer counts as lost: nobody else's is sent to Cinder meanwhile.
    being_accepted: eq(attempted.is_free, 1),
  };
  const transfer = eq(transfers.id, param("transfer_id"));
  return {
    claimed: queryBuilder
      .update(transfers)
      .set({
        accepting_project_id: param("project_id"),
        accepting_request_id: param("request_id"),
        accepting_until: sql`${now} + ${param("lost_after")}`,
        // The answer to the accept before is lost, and it may have succeeded.
        unsettled_project_ids: sql`case when ${accepting_project_id} is null
          or instr(coalesce(${unsettled_project_ids}, ''), json_quote(${accepting_project_id}))
          then ${unsettled_project_ids}
          else json_insert(coalesce(${unsettled_project_ids}, '[]'), '$[#]', ${accepting_project_id}) end`,
        // If another request finds that Cinder has accepted, a repeated accept must still be recognised.
        idempotency_key: optionalParam("idempotency_key") ?? sql`null`,
      })
      .where(and(transfer, hasRow(attempted, allHold(guards))))
      .returning(claimedColumns),
    ...countFailedAttempt(params),
    // One that is not here was made in Cinder.
    known: queryBuilder.select(claimColumns).from(transfers).where(transfer),
    acceptedBefore: acceptedBefore(params),
    found: readRefusal(attempted, guards),
  };
}, makeEvidence);

/**
 * Gives back the claim of an accept that Cinder has not carried out: to the last one before whose answer is lost, if
 * there is one.
 */
export const giveBackStatements = prepareBatch(({ param }: Params<{ id: string; request_id: string }>) => {
  const isUnsettled = sql`${unsettled_project_ids} is not null`;
  return {
    released: queryBuilder
      .update(transfers)
      .set({
        accepting_project_id: sql`json_extract(${unsettled_project_ids}, '$[#-1]')`,
        // No request works on it any more.
        accepting_request_id: sql`case when ${isUnsettled} then '' end`,
        accepting_until: sql`case when ${isUnsettled} then ${now} end`,
        unsettled_project_ids: sql`nullif(json_remove(${unsettled_project_ids}, '$[#-1]'), '[]')`,
      })
      .where(and(eq(transfers.id, param("id")), eq(transfers.accepting_request_id, param("request_id")))),
  };
}, repeatable);
