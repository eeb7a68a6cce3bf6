import type { RequestContext } from "../http/context.ts";
import { type Fault, invalid, notFound, tooManyRequests } from "../http/faults.ts";
import { logEvent } from "../http/log.ts";
import { defaultLimits, type Exceeded, overQuota, type QuotaState } from "../quotas/room.ts";
import { authKeyHmac, secretChecks, wrongSecret } from "./auth_key.ts";
import type { Attempt, Offer } from "./offer.sql.ts";

// What an accept and a preview share: both take an `auth_key`, and treat it alike.

/**
 * Returns the values of a request with an `auth_key`, after the rate limit.
 *
 * @throws Fault 429 if the caller's project sends too many of them
 */
export async function startAttempt(
  { config, identity: { project_id } }: RequestContext,
  transfer_id: string,
  auth_key: string,
): Promise<Attempt> {
  if ((await config.acceptRateLimiter?.limit({ key: rateKey(config.region, project_id) }))?.success === false)
    throw tooManyRequests("too many accepts by your project");
  const [secret_check, previous_check] = await secretChecks(config);
  return {
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
    project_id,
    ...defaultLimits(config.defaultQuota),
  };
}

/**
 * Requires that the caller has the key of an open transfer. A wrong key is logged.
 *
 * @returns the transfer
 * @throws Fault 404 if there is no such open transfer, 400 for a wrong key, 503 under a wrong `AUTH_KEY_SECRET`
 */
export function requireKey(
  { identity: { project_id, user_id }, requestId }: RequestContext,
  transfer_id: string,
  offer: Offer | undefined,
): Offer {
  if (offer === undefined) throw notFound("Transfer", transfer_id);
  if (!offer.secret_matches) throw wrongSecret();
  if (offer.key_matches) return offer;
  const { failed_attempts } = offer;
  logEvent("wrong auth_key", { request_id: requestId, transfer_id, project_id, user_id, failed_attempts });
  throw invalid("auth key", `Attempt to transfer ${transfer_id} with invalid auth key.`);
}

/** Returns the fault for a volume, or one of its snapshots, whose status forbids the move; undefined if none does. */
export function statusFault(transfer_id: string, offer: Offer): Fault | undefined {
  if (offer.volume_status === "maintenance") {
    return invalid("volume", "The volume cannot accept transfer in maintenance mode.");
  }
  if (offer.volume_status !== "awaiting-transfer" || !offer.owned_by_source) {
    return invalid(
      "volume",
      `Transfer ${transfer_id}: Volume id ${offer.volume_id} expected in awaiting-transfer state.`,
    );
  }
  if (offer.unavailable_snapshot === null) return undefined;
  return invalid(
    "snapshot",
    `Transfer ${transfer_id}: Snapshot ${offer.unavailable_snapshot} is not in the expected available state.`,
  );
}

/**
 * Returns the quota of a project that the volume exceeds, or, with the volume added, its snapshots; undefined if there
 * is room. A project that takes back its own volume needs none.
 */
export function exceededBy(
  project_id: string,
  offer: Offer,
  quota: readonly QuotaState[],
): Exceeded | undefined {
  if (offer.source_project_id === project_id) return undefined;
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

/** Each region has its own limit of accepts. */
const rateKey = (region: string | undefined, project_id: string): string =>
  region === undefined ? project_id : `${region}/${project_id}`;
