import { eventOrigin } from "../events/origin.ts";
import type { RequestContext } from "../http/context.ts";
import { overLimit, unexplained } from "../http/faults.ts";
import { acceptStatements } from "./accept.sql.ts";
import { exceededBy, requireKey, startAttempt, statusFault } from "./attempt.ts";
import type { Transfer } from "./rows.sql.ts";

/**
 * Accepts a transfer into the caller's project (API reference, "Accept a volume transfer"). The guards and the writes
 * are one transaction, in `accept.sql.ts`.
 *
 * @param idempotency_key the request's `Idempotency-Key`: a repeated request with the same key gets the same response
 * @returns the transfer, closed
 * @throws Fault 404 if there is no such open transfer, 400 for a wrong key or for a volume or snapshot whose status
 *   forbids the move, 413 if the caller's quota has no room, 429 if its project sends too many accepts
 */
export async function acceptTransfer(
  request: RequestContext,
  transfer_id: string,
  auth_key: string,
  idempotency_key: string | undefined,
): Promise<Transfer> {
  const { db, identity, requestId } = request;
  const { project_id, user_id } = identity;
  const {
    closed: [closed],
    acceptedBefore: [acceptedBefore] = [],
    offer: [found],
    quota = [],
  } = await db.write(
    acceptStatements({
      ...(await startAttempt(request, transfer_id, auth_key)),
      user_id,
      request_id: requestId,
      idempotency_key,
      origin: eventOrigin(request),
    }),
  );
  const accepted = closed ?? acceptedBefore;
  if (accepted !== undefined) return accepted;
  // The first rule that is broken, in Cinder's order.
  const offer = requireKey(request, transfer_id, found);
  const exceeded = exceededBy(project_id, offer, quota);
  if (exceeded) {
    // Cinder's message begins with the exception's name, except for this one.
    const { exception, message } = exceeded;
    throw overLimit(exception === "VolumeSizeExceedsAvailableQuota" ? message : `${exception}: ${message}`);
  }
  throw statusFault(transfer_id, offer) ?? unexplained("an accept");
}
