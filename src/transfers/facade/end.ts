import { projectOf } from "../../db/statements/scope.ts";
import { eventOrigin } from "../../events/origin.ts";
import { scopeOf } from "../../http/caller.ts";
import type { RequestContext } from "../../http/context.ts";
import { type Answer, type Cinder, pathTo, saysGone } from "./cinder.ts";
import { acceptedStatements, goneStatements } from "./end.sql.ts";

/**
 * Deletes a transfer in Cinder, and closes it here if Cinder no longer has it. It works in every state: whether an
 * accept that is in flight wins is Cinder's decision.
 *
 * @returns Cinder's answer; undefined if it is lost
 */
export async function deleteInCinder(
  context: RequestContext,
  cinder: Cinder,
  id: string,
  collection = "volume-transfers",
): Promise<Answer | undefined> {
  const answer = await cinder.send("DELETE", pathTo(collection, id));
  if (answer?.status === 202) await closeGone(context, id, { not_accepted: 1 });
  else if (saysGone(answer, id)) await followGone(context, cinder, id);
  return answer;
}

/**
 * Closes a transfer of the caller's project that Cinder no longer has. If an accept was sent whose answer is lost, the
 * volume tells whether it succeeded.
 */
export async function followGone(context: RequestContext, cinder: Cinder, id: string): Promise<void> {
  const claim = await closeGone(context, id);
  if (claim === undefined) return;
  const isTakenBack = claim.accepting_project_id === claim.source_project_id;
  const stayed = !isTakenBack && (await cinder.isOwnedBy(claim.volume_id, claim.source_project_id));
  if (stayed) await closeGone(context, id, { not_accepted: 1 });
  // Who asks has not caused the accept.
  if (stayed === false)
    await storeAccepted(context, id, { project_id: claim.accepting_project_id, isOwn: false });
}

/**
 * Closes a transfer that Cinder no longer has.
 *
 * @param options.not_accepted 1 if no accept has taken it away
 * @param options.ofAnyProject whether the caller's project need not have created it
 * @returns the claim because of which it was not closed
 */
export async function closeGone(
  context: RequestContext,
  id: string,
  { not_accepted, ofAnyProject = false }: { readonly not_accepted?: 1; readonly ofAnyProject?: boolean } = {},
) {
  const {
    claim: [claim],
  } = await context.db.write(
    goneStatements({
      id,
      project_id: ofAnyProject ? undefined : projectOf(scopeOf(context.identity)),
      not_accepted,
      request_id: context.requestId,
      origin: eventOrigin(context),
    }),
  );
  return claim;
}

/**
 * Closes a transfer that Cinder has accepted.
 *
 * @param accept.isOwn whether the caller has sent the accept
 * @returns the transfer; undefined if that was stored before
 */
export async function storeAccepted(
  context: RequestContext,
  id: string,
  accept: {
    readonly project_id: string;
    readonly isOwn: boolean;
    readonly idempotency_key?: string | undefined;
  },
) {
  const origin = eventOrigin(context);
  const {
    closed: [transfer],
  } = await context.db.write(
    acceptedStatements({
      id,
      project_id: accept.project_id,
      idempotency_key: accept.idempotency_key,
      request_id: context.requestId,
      origin: accept.isOwn ? origin : undefined,
      recorded: origin === undefined || accept.isOwn ? undefined : 1,
    }),
  );
  return transfer;
}
