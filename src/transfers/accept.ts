import { eventOrigin } from "../events/origin.ts";
import type { RequestContext } from "../http/context.ts";
import { acceptStatements } from "./accept.sql.ts";
import { attemptRefusal, startAttempt } from "./attempt.ts";
import type { AttemptRefusal } from "./faults.ts";
import type { Transfer } from "./rows.sql.ts";

/**
 * Accepts a transfer into the caller's project (API reference, "Accept a volume transfer"). The guards and the writes
 * are one transaction, in `accept.sql.ts`.
 *
 * @param auth_key undefined if the request has none: the transfer must then be for the caller's project, and need none
 * @param idempotency_key the request's `Idempotency-Key`: a repeated request with the same key gets the same response
 * @returns the transfer, closed; or why it was refused
 */
export async function acceptTransfer(
  request: RequestContext,
  transfer_id: string,
  auth_key: string | undefined,
  idempotency_key: string | undefined,
): Promise<{ readonly kind: "accepted"; readonly transfer: Transfer } | AttemptRefusal> {
  const attempt = await startAttempt(request, transfer_id, auth_key);
  if (attempt === undefined) return { kind: "too_many_accepts" };
  const {
    closed: [closed],
    acceptedBefore: [acceptedBefore] = [],
    transfer: [found],
    quota,
  } = await request.db.write(
    acceptStatements({
      ...attempt,
      user_id: request.identity.user_id,
      request_id: request.requestId,
      idempotency_key,
      origin: eventOrigin(request),
    }),
  );
  const transfer = closed ?? acceptedBefore;
  if (transfer !== undefined) return { kind: "accepted", transfer };
  return attemptRefusal(request, transfer_id, found, quota);
}
