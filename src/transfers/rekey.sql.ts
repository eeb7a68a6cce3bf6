import { and, eq, or, type SQL, sql } from "drizzle-orm";
import { createRates, events, failedAttempts, transfers } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { allHold, firstRefusal, hasRow } from "../db/statements/guards.ts";
import { countCreated, isBelowRate } from "../db/statements/rates.ts";
import { recordEvents, transferEvent } from "../events/record.sql.ts";
import { isNotBeingAccepted } from "./attempt.sql.ts";
import { secretMatches, storeSecretCheck } from "./auth_key.sql.ts";
import { openTransfer, transferColumns } from "./rows.sql.ts";

interface Values {
  readonly id: string;
  /** The project that the transfer must belong to; undefined for an admin. */
  readonly project_id: string | undefined;
  readonly auth_key_hmac: string;
  /** The check of the secret, and of the one before the latest rotation. */
  readonly secret_check: string;
  readonly previous_check: string | undefined;
  /** The number of transfers and keys that a project may create in a minute; undefined for no limit. */
  readonly per_minute: number | undefined;
  /** Who causes the event; undefined if none is recorded. */
  readonly origin: string | undefined;
}

/** Random, so only this request has given it. */
const hasKeyOfRequest = ({ param }: Params<Values>): SQL | undefined =>
  and(eq(transfers.id, param("id")), eq(transfers.auth_key_hmac, param("auth_key_hmac")));

function evidence(params: Params<Values>) {
  const origin = params.optionalParam("origin");
  const recorded =
    origin && hasRow(events, eq(events.volume_id, transfers.volume_id), sql`${events.origin} = ${origin}`);
  // Another request can have given a newer key since. The event remains.
  const isRecorded = recorded && and(eq(transfers.id, params.param("id")), recorded);
  return {
    rekeyed: queryBuilder
      .select(transferColumns)
      .from(transfers)
      .where(or(hasKeyOfRequest(params), isRecorded)),
  };
}

/** Gives a new key to a transfer, whose failed attempts start again. From the commit on the key before is wrong. */
export const rekeyStatements = prepareBatch((params: Params<Values>) => {
  const { param, optionalParam } = params;
  const transfer = openTransfer(param("id"), optionalParam("project_id"));
  const isRekeyed = hasKeyOfRequest(params);
  const per_minute = optionalParam("per_minute");
  const guards = {
    // Protects the keys of all other transfers: under another secret none of them would be right.
    wrong_secret: secretMatches(param("secret_check")),
    // Protects the database from a project that makes keys in a loop.
    too_many_creates: per_minute && isBelowRate(createRates, transfers.source_project_id, per_minute),
    // Protects an accept that is on its way to Cinder with the key before.
    being_accepted: isNotBeingAccepted,
  };
  return {
    secretStored: storeSecretCheck(param("secret_check"), optionalParam("previous_check")),
    rekeyed: queryBuilder
      .update(transfers)
      .set({ auth_key_hmac: param("auth_key_hmac"), failed_attempts: 0 })
      .where(and(transfer, allHold(guards)))
      .returning(transferColumns),
    attemptsForgotten: queryBuilder
      .delete(failedAttempts)
      .where(and(eq(failedAttempts.transfer_id, param("id")), hasRow(transfers, isRekeyed))),
    recorded: recordEvents(
      optionalParam("origin"),
      transferEvent({ type: "volume_transfer.rekeyed", where: isRekeyed }),
    ),
    rateCounted:
      per_minute &&
      countCreated(createRates, {
        project_id: transfers.source_project_id,
        from: transfers,
        where: isRekeyed,
      }),
    transfer: queryBuilder
      .select({ refusal: firstRefusal(guards).as("refusal") })
      .from(transfers)
      .where(transfer),
  };
}, evidence);
