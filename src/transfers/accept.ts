import type { RequestContext } from "../http/context.ts";
import { type Fault, invalid, notFound, overLimit, tooManyRequests, unexplained } from "../http/faults.ts";
import { logEvent } from "../http/log.ts";
import { type Exceeded, overQuota } from "../quotas/room.ts";
import type { QuotaState } from "../quotas/usage.sql.ts";
import { type AcceptRefused, acceptTransfer } from "./accept.sql.ts";
import { authKeyHmac } from "./auth_key.ts";
import type { Transfer } from "./transfer.sql.ts";

/**
 * Accepts a transfer into the caller's project (API reference, "Accept a volume transfer"). The guards and the
 * writes are one transaction, in `src/db/transfers/accept.ts`.
 *
 * @param idempotency_key the request's `Idempotency-Key`: sent again with the same one, it gets the same answer
 * @returns the transfer, closed
 * @throws Fault 404 where there is no such offer, 400 for a wrong key or a volume or snapshot that is not in the
 *   state to move, 413 where the caller's quota has no room, 429 where its project accepts too often
 */
export async function acceptOffer(
  { db, config, identity, requestId }: RequestContext,
  transfer_id: string,
  auth_key: string,
  idempotency_key: string | undefined,
): Promise<Transfer> {
  const { project_id, user_id } = identity;
  if ((await config.acceptRateLimiter?.limit({ key: project_id }))?.success === false)
    throw tooManyRequests();
  const result = await acceptTransfer(
    db,
    {
      transfer_id,
      auth_key_hmac: await authKeyHmac(config.authKeySecret, transfer_id, auth_key),
      max_attempts: config.maxAcceptAttempts,
      user_id,
      project_id,
      request_id: requestId,
      idempotency_key,
    },
    config.defaultQuota,
  );
  if ("refused" in result) {
    if (result.refused.offer?.key_matches === 0) {
      logEvent("wrong auth_key", { request_id: requestId, transfer_id, project_id, user_id });
    }
    throw refusal(transfer_id, project_id, result.refused);
  }
  return result.accepted;
}

/** From what was found to the fault: the first rule that is broken, in Cinder's order. */
function refusal(transfer_id: string, project_id: string, { offer, quota }: AcceptRefused): Fault {
  if (offer === undefined) return notFound("Transfer", transfer_id);
  if (!offer.key_matches) {
    return invalid("auth key", `Attempt to transfer ${transfer_id} with invalid auth key.`);
  }
  const exceeded = offer.source_project_id === project_id ? undefined : exceededBy(offer, quota);
  if (exceeded) {
    // Of these, Cinder tells all but one by the name of the exception.
    const { exception, message } = exceeded;
    return overLimit(exception === "VolumeSizeExceedsAvailableQuota" ? message : `${exception}: ${message}`);
  }
  if (offer.volume_status === "maintenance") {
    return invalid("volume", "The volume cannot accept transfer in maintenance mode.");
  }
  if (offer.volume_status !== "awaiting-transfer" || !offer.owned_by_donor) {
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

/** The quota that the volume exceeds, or, with the volume counted in, its snapshots. */
function exceededBy(
  offer: NonNullable<AcceptRefused["offer"]>,
  quota: readonly QuotaState[],
): Exceeded | undefined {
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
