import { and, eq, sql } from "drizzle-orm";
import { now, transfers } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { allHold, hasRow } from "../db/statements/guards.ts";
import { recordEvents, transferEvent } from "../events/record.sql.ts";
import {
  type Attempt,
  countFailedAttempt,
  isBoundTo,
  keyAttempt,
  keyGuards,
  keyIsRight,
  readRefusal,
} from "./attempt.sql.ts";
import { releaseVolume } from "./release.sql.ts";
import { closedBy } from "./rows.sql.ts";

/** The values of a decline. */
interface Values extends Attempt {
  readonly reason: string | null;
  /** Marks the transfer as closed by this request, so that the later statements find it. */
  readonly request_id: string;
  /** Who causes the event; undefined if none is recorded. */
  readonly origin: string | undefined;
}

const evidence = ({ param }: Params<Values>) => ({
  closed: queryBuilder
    .select({ id: transfers.id })
    .from(transfers)
    .where(closedBy(param("request_id"), param("transfer_id"))),
});

/** Declines a transfer: closes it, and makes its volume `available`. */
export const declineStatements = prepareBatch((params: Params<Values>) => {
  const { param, optionalParam } = params;
  // The project that the transfer is for needs no key.
  const proof = sql`(${isBoundTo(param("project_id"))} or ${keyIsRight(params)})`;
  const attempted = keyAttempt(params, proof);
  const guards = {
    ...keyGuards(attempted),
    // Protects an accept that is on its way to Cinder.
    being_accepted: eq(attempted.is_free, 1),
  };
  const closedByRequest = closedBy(param("request_id"), param("transfer_id"));
  return {
    closed: queryBuilder
      .update(transfers)
      .set({
        deleted_at: now,
        ended_as: "declined",
        decline_reason: param("reason"),
        destination_project_id: param("project_id"),
        closed_by_request: param("request_id"),
      })
      .where(and(eq(transfers.id, param("transfer_id")), hasRow(attempted, allHold(guards))))
      .returning({ id: transfers.id }),
    ...countFailedAttempt(params, proof),
    volumeReleased: releaseVolume(closedByRequest),
    recorded: recordEvents(
      optionalParam("origin"),
      transferEvent({ type: "volume_transfer.declined", where: closedByRequest }),
    ),
    transfer: readRefusal(attempted, guards),
  };
}, evidence);
