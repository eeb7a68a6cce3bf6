import * as z from "zod/mini";
import type { OfferedVolume } from "../../db/schema/index.ts";
import { eventOrigin } from "../../events/origin.ts";
import type { RequestContext } from "../../http/context.ts";
import { authKeyHmac, idempotentIds, makeAuthKey, secretChecks } from "../auth_key.ts";
import type { TransferInput } from "../create.ts";
import type { CreateRefusal } from "../faults.ts";
import type { Transfer } from "../rows.sql.ts";
import { type Answer, type Cinder, isDecided, parseAnswer, pathTo, saysGone } from "./cinder.ts";
import { openedStatements, openStatements, refusedOpeningStatements, renewStatements } from "./create.sql.ts";
import { claimantsOf, deleteInCinder, followGone, storeAccepted } from "./end.ts";
import { deleteLost } from "./lost.ts";
import { sealKey } from "./sealed_key.ts";

/** The outcome of a create. */
type Outcome =
  /** Cinder's answer is the client's, with the key of this service in place of Cinder's. */
  | {
      readonly kind: "created";
      readonly answer: Answer;
      readonly transfer: Transfer;
      readonly auth_key: string;
    }
  | { readonly kind: "answered"; readonly answer: Answer }
  /** Nobody knows whether Cinder has created one. */
  | { readonly kind: "lost" }
  /** A request with the same idempotency key is being answered. */
  | { readonly kind: "being_created" }
  | CreateRefusal;

const createdSchema = z.object({
  transfer: z.object({ id: z.string(), auth_key: z.string() }),
});
const snapshotsSchema = z.object({
  snapshots: z.array(z.object({ id: z.string(), volume_id: z.string(), size: z.number() })),
});

/**
 * Creates a transfer in Cinder. Its key stays here, sealed; the client gets one of this service, so that guesses are
 * counted here.
 *
 * @param collection the path of transfers that the client has used
 * @param idempotency_key as in `createTransfer`
 */
export async function createInCinder(
  context: RequestContext,
  cinder: Cinder,
  collection: string,
  input: TransferInput,
  idempotency_key: string | undefined,
): Promise<Outcome> {
  const { db, config, identity, requestId } = context;
  const { volume_id } = input;
  const started = Date.now();
  if (!input.key_required && input.destination_project_id === null) return { kind: "key_optional_for_any" };
  const { project_id } = identity;
  const ids =
    idempotency_key === undefined
      ? undefined
      : await idempotentIds(config, { project_id, volume_id, idempotency_key }, started);
  const [secret_check, previous_check] = await secretChecks(config);
  const before = await db.write(
    openStatements({
      request_id: requestId,
      volume_id,
      project_id,
      idempotent_ids: ids && JSON.stringify(ids),
      expires_at: input.expires_at ?? undefined,
      per_minute: config.transfersPerMinute || undefined,
      lost_after: cinder.lostAfterMs,
      secret_check,
      previous_check,
    }),
  );
  const [repeated] = before.repeated ?? [];
  if (repeated !== undefined) return renew(context, cinder, collection, repeated.id, input, secret_check);
  if (before.opened.length === 0) {
    // Only the guard of the rate can hold again by now, because a new minute has begun.
    return { kind: before.refusal[0]?.refusal ?? "too_many_creates", unavailable_snapshot: null };
  }
  await Promise.all(before.ended.map(({ id }) => deleteInCinder(context, cinder, id)));

  const create = () => cinder.send("POST", collection, { transfer: bodyOf(input) });
  const [first, volume] = await Promise.all([create(), readVolume(cinder, input)]);
  let answer = first;
  const forget = (earliest: number, latest: number) =>
    deleteLost(db, cinder, { id: requestId, volume_id, earliest, latest });
  const lost = [...before.lost];
  if (first === undefined && cinder.hasTime) {
    // The connection broke. Should the first request reach Cinder, too, one of the two is refused.
    lost.push({ created_at: started, ends_at: started + cinder.lostAfterMs });
    await forget(started, Date.now());
    answer = await create();
  }
  if (answer?.status === 400 && lost.length > 0) {
    // An earlier create may have reached Cinder. Nobody has its key, so nobody could accept it.
    const earliest = Math.min(...lost.map(({ created_at }) => created_at));
    const latest = Math.max(...lost.map(({ ends_at }) => ends_at));
    if (await forget(earliest, latest)) answer = await create();
  }
  const created = answer?.status === 202 ? parseAnswer(answer, createdSchema)?.transfer : undefined;
  if (answer !== undefined && created !== undefined) {
    const auth_key = input.key_required ? makeAuthKey() : "";
    const { id } = created;
    const owner = volume.project_id ?? project_id;
    // The project has the volume because its accept succeeded, whose answer is lost.
    for (const { id, source_project_id, ...claim } of before.known)
      if (source_project_id !== owner && claimantsOf(claim).includes(owner))
        await storeAccepted(context, id, { project_id: owner, foundFor: claim.accepting_request_id });
    const {
      created: [transfer],
    } = await db.write(
      openedStatements({
        ...input,
        id,
        request_id: requestId,
        project_id,
        source_project_id: owner,
        auth_key_hmac: await authKeyHmac(config.authKeySecret, id, auth_key || makeAuthKey()),
        sealed_key: await sealKey(config, id, created.auth_key),
        volume: JSON.stringify(volume.offered),
        opened_as: ids?.[0],
        expires_at: input.expires_at ?? undefined,
        ttl_ms: config.transferTtlMs || undefined,
        per_minute: config.transfersPerMinute || undefined,
        origin: eventOrigin(context),
      }),
    );
    return transfer === undefined ? { kind: "lost" } : { kind: "created", answer, transfer, auth_key };
  }
  if (answer?.status !== 202 && isDecided(answer)) {
    // Without an answer to it, the first request may still reach Cinder.
    if (first !== undefined) await db.write(refusedOpeningStatements({ request_id: requestId }));
    const isBusy = answer.status === 400 && idempotency_key !== undefined && before.inFlight.length > 0;
    return isBusy ? { kind: "being_created" } : { kind: "answered", answer };
  }
  // Cinder may have created it. If it has not yet, the next create of the volume finds it.
  await forget(started, Date.now());
  return answer === undefined || answer.status === 202 ? { kind: "lost" } : { kind: "answered", answer };
}

/** Makes the body of the request to Cinder, which knows no more than this. */
const bodyOf = ({ volume_id, display_name: name, no_snapshots }: TransferInput) => ({
  volume_id,
  ...(name !== null && { name }),
  // Cinder's older path does not know it.
  ...(no_snapshots && { no_snapshots }),
});

/** Reads what a preview shows of a volume, with the token of its owner. */
async function readVolume(cinder: Cinder, { volume_id, no_snapshots }: TransferInput) {
  const [volume, snapshots] = await Promise.all([
    cinder.volume(volume_id),
    no_snapshots ? undefined : cinder.read(`snapshots?volume_id=${volume_id}`, snapshotsSchema),
  ]);
  const { name = null, description = null, size = 0, volume_type = null, encrypted = true } = volume ?? {};
  const moving = snapshots?.snapshots.filter((snapshot) => snapshot.volume_id === volume_id) ?? [];
  return {
    project_id: volume?.owner,
    offered: {
      name,
      description,
      size,
      volume_type,
      snapshots: moving.map(({ id, size }) => ({ id, size })),
      encrypted,
    } satisfies OfferedVolume,
  };
}

/** Gives a new key to the transfer that an earlier request with the same idempotency key has created. */
async function renew(
  context: RequestContext,
  cinder: Cinder,
  collection: string,
  id: string,
  { key_required }: TransferInput,
  secret_check: string,
): Promise<Outcome> {
  const answer = await cinder.send("GET", pathTo(collection, id));
  if (saysGone(answer, id)) {
    await followGone(context, cinder, id);
    return { kind: "idempotency_key_used", unavailable_snapshot: null };
  }
  if (answer === undefined) return { kind: "lost" };
  if (answer.status !== 200) return { kind: "answered", answer };
  const auth_key = makeAuthKey();
  const {
    renewed: [transfer],
  } = await context.db.write(
    renewStatements({
      id,
      auth_key_hmac: await authKeyHmac(context.config.authKeySecret, id, auth_key),
      secret_check,
    }),
  );
  if (transfer === undefined) return { kind: "being_created" };
  return { kind: "created", answer, transfer, auth_key: key_required ? auth_key : "" };
}
