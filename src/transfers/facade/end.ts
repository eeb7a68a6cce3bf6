import { projectOf } from "../../db/statements/scope.ts";
import { eventOrigin } from "../../events/origin.ts";
import { scopeOf } from "../../http/caller.ts";
import type { RequestContext } from "../../http/context.ts";
import { type Answer, type Cinder, pathTo, saysGone } from "./cinder.ts";
import { acceptedStatements, goneStatements } from "./end.sql.ts";

/**
 * Deletes a transfer in Cinder at a client's request. One that was deleted in Cinder directly gets Cinder's 404.
 *
 * @returns Cinder's answer; undefined if it is lost
 */
export async function withdrawInCinder(
  context: RequestContext,
  cinder: Cinder,
  collection: string,
  id: string,
): Promise<Answer | undefined> {
  // The DELETE may reach Cinder twice, because the connection broke: workerd then sends it again by itself. What was
  // there before has been deleted by the first.
  const shown = await cinder.send("GET", pathTo(collection, id));
  return deleteInCinder(context, cinder, id, { collection, wasThere: shown?.status === 200 });
}

/**
 * Deletes a transfer in Cinder, and closes it here if Cinder no longer has it. It works in every state: whether an
 * accept that is in flight wins is Cinder's decision.
 *
 * @param options.wasThere whether a 404 means that this request has deleted it, unless it was accepted
 * @returns Cinder's answer; undefined if it is lost
 */
export async function deleteInCinder(
  context: RequestContext,
  cinder: Cinder,
  id: string,
  { collection = "volume-transfers", wasThere = false } = {},
): Promise<Answer | undefined> {
  const send = () => cinder.send("DELETE", pathTo(collection, id));
  let answer = await send();
  // The connection broke.
  if (answer === undefined && cinder.hasTime) answer = await send();
  if (answer?.status === 202) await closeGone(context, id, { not_accepted: 1 });
  if (answer === undefined || !saysGone(answer, id)) return answer;
  const isClosed = await followGone(context, cinder, id);
  return wasThere && isClosed ? { ...answer, ...DELETED } : answer;
}

/** The answer to a delete. */
const DELETED = { status: 202, text: "" };

/**
 * Closes a transfer that Cinder no longer has. If an accept was sent whose answer is lost, the owner of the volume shows
 * whether it succeeded; and if another project asks, whether Cinder shows an admin the transfers of all.
 *
 * @returns whether this request has closed it, because nobody has accepted it
 */
export async function followGone(context: RequestContext, cinder: Cinder, id: string): Promise<boolean> {
  const { isClosed, claim } = await closeGone(context, id);
  if (claim === undefined) return isClosed;
  const { volume_id, source_project_id } = claim;
  const claimants = claimantsOf(claim);
  const others = claimants.filter((project) => project !== source_project_id);
  const asksOwner = others.length > 0 || source_project_id !== context.identity.project_id;
  const owner = asksOwner ? await cinder.ownerOf(volume_id) : source_project_id;
  if (owner === undefined) return false;
  const stayed = claimants.length === 0 || (others.length > 0 && owner === source_project_id);
  if (stayed) return (await closeGone(context, id, { not_accepted: 1 })).isClosed;
  // Which of several projects has the volume, only an admin and their own requests can find out.
  const accepting =
    others.length === 0
      ? source_project_id
      : others.find((project) => project === owner || others.length === 1);
  // Who asks has not caused the accept.
  if (accepting !== undefined)
    await storeAccepted(context, id, { project_id: accepting, foundFor: claim.accepting_request_id });
  return false;
}

/** Returns the projects whose accepts were sent to Cinder: one of them may have the volume. */
export const claimantsOf = ({
  accepting_project_id,
  unsettled_project_ids,
}: {
  readonly accepting_project_id: string | null;
  readonly unsettled_project_ids: readonly string[] | null;
}): string[] => [
  ...new Set([
    ...(unsettled_project_ids ?? []),
    ...(accepting_project_id === null ? [] : [accepting_project_id]),
  ]),
];

/**
 * Closes a transfer that Cinder no longer has.
 *
 * @param options.not_accepted 1 if no accept has taken it away
 * @param options.ofAnyProject whether the caller's project need not have created it
 * @returns whether this request has closed it, and else what must be known before: the claim, and whose the volume is
 */
export async function closeGone(
  context: RequestContext,
  id: string,
  { not_accepted, ofAnyProject = false }: { readonly not_accepted?: 1; readonly ofAnyProject?: boolean } = {},
) {
  const {
    closed,
    claim: [claim],
  } = await context.db.write(
    goneStatements({
      id,
      project_id: ofAnyProject ? undefined : projectOf(scopeOf(context.identity)),
      own_project_id: context.identity.project_id,
      not_accepted,
      request_id: context.requestId,
      origin: eventOrigin(context),
    }),
  );
  return { isClosed: closed.length > 0, claim };
}

/**
 * Closes a transfer that Cinder has accepted. Of several accepts of a project one is answered with it.
 *
 * @param accept.foundFor the request that may have sent the accept, if the caller has only found that one was sent
 * @returns the transfer; undefined if another accept is answered with it
 */
export async function storeAccepted(
  context: RequestContext,
  id: string,
  accept:
    | { readonly project_id: string; readonly idempotency_key: string | undefined; readonly foundFor?: never }
    | { readonly project_id: string; readonly idempotency_key?: never; readonly foundFor: string | null },
) {
  const { requestId } = context;
  const origin = eventOrigin(context);
  const isFound = accept.foundFor !== undefined;
  const {
    closed: [transfer],
  } = await context.db.write(
    acceptedStatements({
      id,
      project_id: accept.project_id,
      idempotency_key: accept.idempotency_key,
      // That request is answered with the transfer all the same, if it lives.
      request_id: accept.foundFor ? `${requestId} for ${accept.foundFor}` : requestId,
      is_found: isFound ? 1 : undefined,
      origin: isFound ? undefined : origin,
      recorded: origin === undefined || !isFound ? undefined : 1,
    }),
  );
  return transfer;
}
