import type { RequestContext } from "../http/context.ts";
import { type Fault, invalid, notFound, overLimit, tooManyRequests, unexplained } from "../http/faults.ts";
import { logEvent } from "../http/log.ts";
import { defaultLimits, type Exceeded, overQuota, type QuotaState } from "../quotas/room.ts";
import { acceptStatements, type Offer } from "./accept.sql.ts";
import { authKeyHmac } from "./auth_key.ts";
import type { Transfer } from "./rows.sql.ts";
import { secretChecks, wrongSecret } from "./secret.ts";

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
  { db, config, identity, requestId }: RequestContext,
  transfer_id: string,
  auth_key: string,
  idempotency_key: string | undefined,
): Promise<Transfer> {
  const { project_id, user_id } = identity;
  if ((await config.acceptRateLimiter?.limit({ key: rateKey(config.region, project_id) }))?.success === false)
    throw tooManyRequests("too many accepts by your project");
  const [secret_check, previous_check] = await secretChecks(config);
  const {
    secret: [secret],
    closed: [closed],
    acceptedBefore: [acceptedBefore] = [],
    offer: [offer],
    quota,
  } = await db.write(
    acceptStatements({
      transfer_id,
      auth_key_hmac: await authKeyHmac(config.authKeySecret, transfer_id, auth_key),
      previous_hmac:
        config.previousAuthKeySecret === undefined
          ? undefined
          : await authKeyHmac(config.previousAuthKeySecret, transfer_id, auth_key),
      secret_check,
      previous_check,
      max_attempts: config.maxAcceptAttempts,
      max_attempts_total: config.maxAcceptAttemptsTotal,
      user_id,
      project_id,
      request_id: requestId,
      idempotency_key,
      ...defaultLimits(config.defaultQuota),
    }),
  );
  const accepted = closed ?? acceptedBefore;
  if (accepted !== undefined) return accepted;
  if (secret?.matches === 0) throw wrongSecret();
  if (offer?.key_matches === 0) {
    const { failed_attempts } = offer;
    logEvent("wrong auth_key", { request_id: requestId, transfer_id, project_id, user_id, failed_attempts });
  }
  throw refusal(transfer_id, project_id, offer, quota);
}

/** Each region has its own limit of accepts. */
const rateKey = (region: string | undefined, project_id: string): string =>
  region === undefined ? project_id : `${region}/${project_id}`;

/** Returns the fault for the first rule that is broken, in Cinder's order. */
function refusal(
  transfer_id: string,
  project_id: string,
  offer: Offer | undefined,
  quota: readonly QuotaState[],
): Fault {
  if (offer === undefined) return notFound("Transfer", transfer_id);
  if (!offer.key_matches) {
    return invalid("auth key", `Attempt to transfer ${transfer_id} with invalid auth key.`);
  }
  const exceeded = offer.source_project_id === project_id ? undefined : exceededBy(offer, quota);
  if (exceeded) {
    // Cinder's message begins with the exception's name, except for this one.
    const { exception, message } = exceeded;
    return overLimit(exception === "VolumeSizeExceedsAvailableQuota" ? message : `${exception}: ${message}`);
  }
  if (offer.volume_status === "maintenance") {
    return invalid("volume", "The volume cannot accept transfer in maintenance mode.");
  }
  if (offer.volume_status !== "awaiting-transfer" || !offer.owned_by_source) {
    return invalid(
      "volume",
      `Transfer ${transfer_id}: Volume id ${offer.volume_id} expected in awaiting-transfer state.`,
    );
  }
  if (offer.unavailable_snapshot === null) throw unexplained("an accept");
  return invalid(
    "snapshot",
    `Transfer ${transfer_id}: Snapshot ${offer.unavailable_snapshot} is not in the expected available state.`,
  );
}

/** Returns the quota that the volume exceeds, or, with the volume added, its snapshots. */
function exceededBy(offer: Offer, quota: readonly QuotaState[]): Exceeded | undefined {
  const { size } = offer;
  const withVolume = quota.map((state) => ({
    ...state,
    volumes_in_use: state.volumes_in_use + 1,
    gigabytes_in_use: state.gigabytes_in_use + size,
  }));
  return (
    overQuota(quota, { volumes: 1, gigabytes: size, snapshots: 0, volume_size: size }) ??
    overQuota(withVolume, {
      volumes: 0,
      gigabytes: offer.snapshot_gigabytes,
      snapshots: offer.snapshots,
      volume_size: 0,
    })
  );
}
