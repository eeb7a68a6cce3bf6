import { eventOrigin } from "../events/origin.ts";
import type { RequestContext } from "../http/context.ts";
import { startAttempt, transferRefusal } from "./attempt.ts";
import { declineStatements } from "./decline.sql.ts";
import type { TransferRefusal } from "./faults.ts";

/**
 * Declines a transfer: closes it, and makes its volume `available`. A member of the project that the transfer is for
 * needs no key.
 *
 * @param auth_key undefined if the request has none
 * @param reason what the owner of the volume reads; null for none
 * @returns that the transfer is declined; or why it was refused
 */
export async function declineTransfer(
  request: RequestContext,
  transfer_id: string,
  auth_key: string | undefined,
  reason: string | null,
): Promise<{ readonly kind: "declined" } | TransferRefusal> {
  const attempt = await startAttempt(request, transfer_id, auth_key);
  if (attempt === undefined) return { kind: "too_many_accepts" };
  const {
    closed: [closed],
    transfer: [found],
  } = await request.db.write(
    declineStatements({ ...attempt, reason, request_id: request.requestId, origin: eventOrigin(request) }),
  );
  return closed === undefined ? transferRefusal(request, transfer_id, found) : { kind: "declined" };
}
