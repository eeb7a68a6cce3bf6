import type { RequestContext } from "../../http/context.ts";
import { startAttempt, transferRefusal } from "../attempt.ts";
import type { TransferRefusal } from "../faults.ts";
import type { Transfer } from "../rows.sql.ts";
import { claimStatements, giveBackStatements } from "./accept.sql.ts";
import { type Answer, type Cinder, isDecided, pathTo, saysGone } from "./cinder.ts";
import { claimantsOf, closeGone, storeAccepted } from "./end.ts";
import { openKey } from "./sealed_key.ts";

/** The outcome of an accept. */
type Outcome =
  /** Cinder's answer is the client's. */
  | { readonly kind: "answered"; readonly answer: Answer }
  /** Cinder has accepted, and the answer is lost. */
  | { readonly kind: "accepted"; readonly transfer: Transfer }
  /** Nobody knows whether Cinder has accepted. */
  | { readonly kind: "lost" }
  | TransferRefusal;

/** An accept that the client has asked for. */
interface Accept {
  readonly collection: string;
  readonly id: string;
  /** Undefined if the request has none: the transfer must then be for the caller's project, and need none. */
  readonly auth_key: string | undefined;
  readonly idempotency_key: string | undefined;
}

/**
 * Accepts a transfer in Cinder. The guards are here, in the statement that claims the transfer; who owns the volume is
 * Cinder's decision. If its answer is lost, the owner of the volume shows whether it has accepted.
 */
export async function acceptInCinder(
  context: RequestContext,
  cinder: Cinder,
  accept: Accept,
): Promise<Outcome> {
  const { id, auth_key } = accept;
  const { project_id } = context.identity;
  const attempt = await startAttempt(context, id, auth_key);
  if (attempt === undefined) return { kind: "too_many_accepts" };
  const { requestId: request_id } = context;
  const {
    claimed: [claimed],
    known: [known],
    acceptedBefore: [acceptedBefore] = [],
    found: [found],
  } = await context.db.write(
    claimStatements({
      ...attempt,
      request_id,
      lost_after: cinder.lostAfterMs,
      idempotency_key: accept.idempotency_key,
    }),
  );
  // It was made in Cinder, and only Cinder knows its key.
  if (known === undefined) return answered(await send(cinder, accept, auth_key));
  if (acceptedBefore !== undefined) return { kind: "accepted", transfer: acceptedBefore };

  const isOwn = known.accepting_request_id === request_id;
  const before = claimantsOf(isOwn ? { ...known, accepting_project_id: null } : known);
  // The caller's own accept before, whose answer is lost.
  const isRepeated = before.includes(project_id);
  const mayHaveAccepted = isRepeated && (found === undefined || found.refusal === "being_accepted");
  if (mayHaveAccepted && (await hasAccepted(context, cinder, id, known))) return stored(context, accept);
  if (claimed === undefined) return transferRefusal(context, id, found);

  const giveBack = () => context.db.write(giveBackStatements({ id, request_id }));
  const key = await openKey(context.config, id, claimed.sealed_key ?? "");
  if (key === undefined) {
    await giveBack();
    return { kind: "wrong_secret", id };
  }
  const first = await send(cinder, accept, key);
  let answer = first;
  // The connection broke. Of two equal requests Cinder carries out one.
  if (first === undefined && !(await hasAccepted(context, cinder, id, claimed)) && cinder.hasTime)
    answer = await send(cinder, accept, key);
  if (answer?.status === 202) {
    const outcome = await stored(context, accept);
    return outcome.kind === "accepted" ? { kind: "answered", answer } : outcome;
  }
  if (isDecided(answer) && !saysGone(answer, id)) {
    // Without an answer to it, the first request may still reach Cinder.
    if (first !== undefined) await giveBack();
    return answered(answer);
  }
  const accepted = await hasAccepted(context, cinder, id, claimed);
  if (accepted) return stored(context, accept);
  // Cinder may still be at work. The claim holds until it has had its time.
  if (!isDecided(answer)) return answered(answer);
  if (accepted === undefined) return { kind: "lost" };
  // Perhaps an accept before has succeeded: its project can see that, and the one that has created the transfer.
  if (before.some((project) => project !== project_id)) await giveBack();
  else await closeGone(context, id, { not_accepted: 1, ofAnyProject: true });
  return answered(answer);
}

const send = (cinder: Cinder, { collection, id }: Accept, auth_key: string | undefined) =>
  cinder.send("POST", pathTo(collection, id, "accept"), { accept: { auth_key } });

/**
 * Looks whether an accept of the caller's project has succeeded.
 *
 * @returns undefined if Cinder is away, or does not show it
 */
async function hasAccepted(
  { identity: { project_id } }: RequestContext,
  cinder: Cinder,
  id: string,
  { volume_id, source_project_id }: { readonly volume_id: string; readonly source_project_id: string },
): Promise<boolean | undefined> {
  const owner = await cinder.ownerOf(volume_id);
  if (owner === undefined) return undefined;
  if (owner !== project_id || source_project_id !== project_id) return owner === project_id;
  // A project that takes back its own volume owns it in any case, and sees its transfer.
  const answer = await cinder.send("GET", pathTo("volume-transfers", id));
  if (answer?.status === 200) return false;
  return saysGone(answer, id) ? true : undefined;
}

const answered = (answer: Answer | undefined): Outcome =>
  answer === undefined ? { kind: "lost" } : { kind: "answered", answer };

/** Stores that the caller's project owns the volume. */
async function stored(context: RequestContext, { id, idempotency_key }: Accept): Promise<Outcome> {
  const { project_id } = context.identity;
  const transfer = await storeAccepted(context, id, { project_id, idempotency_key });
  // Another accept of the project has found the volume first, and is answered with it.
  return transfer === undefined ? { kind: "transfer_not_found", id } : { kind: "accepted", transfer };
}
