import { projectOf } from "../db/statements/scope.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { logEvent } from "../http/log.ts";
import { defaultLimits, type Exceeded, overQuota, type QuotaState } from "../quotas/room.ts";
import type { AcceptGuard } from "./accept.sql.ts";
import type { Attempt, AttemptedTransfer } from "./attempt.sql.ts";
import { authKeyHmac, secretChecks } from "./auth_key.ts";
import type { AttemptRefusal, TransferNotFound } from "./faults.ts";

// Shared by accept, preview and decline, which take an `auth_key`.

/**
 * Returns the values of a request with an `auth_key`; undefined if the caller's project sends too many of them.
 *
 * @param auth_key undefined or empty if the request has none: the commands of OpenStack cannot leave it out
 */
export async function startAttempt(
  { config, identity }: RequestContext,
  transfer_id: string,
  auth_key: string | undefined,
): Promise<Attempt | undefined> {
  const { project_id } = identity;
  // Each region has its own limit.
  const key = config.region === undefined ? project_id : `${config.region}/${project_id}`;
  if ((await config.acceptRateLimiter?.limit({ key }))?.success === false) return undefined;
  const [secret_check, previous_check] = await secretChecks(config);
  const hmacUnder = (secret: string | undefined) =>
    secret === undefined || !auth_key ? undefined : authKeyHmac(secret, transfer_id, auth_key);
  return {
    transfer_id,
    auth_key_hmac: await hmacUnder(config.authKeySecret),
    previous_hmac: await hmacUnder(config.previousAuthKeySecret),
    secret_check,
    previous_check,
    max_attempts: config.maxAcceptAttempts,
    max_attempts_total: config.maxAcceptAttemptsTotal,
    project_id,
    type_project_id: projectOf(scopeOf(identity)),
    ...defaultLimits(config.defaultQuota),
  };
}

/**
 * Returns why a request with an `auth_key` was refused. A wrong key is logged.
 *
 * @param found undefined if there is no such open transfer
 */
export function transferRefusal<Kind extends string>(
  { identity: { project_id, user_id }, requestId }: RequestContext,
  transfer_id: string,
  found: { readonly refusal: Kind | null; readonly failed_attempts: number } | undefined,
): { readonly kind: Kind; readonly id: string } | TransferNotFound {
  // A transfer can expire between two statements.
  if (found === undefined || found.refusal === null) return { kind: "transfer_not_found", id: transfer_id };
  const { refusal: kind, failed_attempts } = found;
  if (kind === "wrong_key")
    logEvent("wrong auth_key", { request_id: requestId, transfer_id, project_id, user_id, failed_attempts });
  return { kind, id: transfer_id };
}

/**
 * Returns why an accept or a preview was refused: as `transferRefusal`, with what the message of a guard needs.
 *
 * @param transfer undefined if there is no such open transfer
 */
export function attemptRefusal(
  request: RequestContext,
  transfer_id: string,
  transfer: AttemptedTransfer<AcceptGuard> | undefined,
  quota: readonly QuotaState[],
): AttemptRefusal {
  const refusal = transferRefusal(request, transfer_id, transfer);
  if (transfer === undefined || refusal.kind === "transfer_not_found")
    return { kind: "transfer_not_found", id: transfer_id };
  return { ...refusal, transfer, exceeded: exceededBy(request.identity.project_id, transfer, quota) };
}

/** The sizes of what an accept moves, GiB, and from which project. */
type MovingSizes = Pick<AttemptedTransfer, "source_project_id" | "size" | "snapshots" | "snapshot_gigabytes">;

/**
 * Returns the quota of a project that the volume exceeds, or, with the volume added, its snapshots; undefined if there
 * is room. A project that takes back its own volume needs none.
 */
export function exceededBy(
  project_id: string,
  { source_project_id, size, snapshots, snapshot_gigabytes }: MovingSizes,
  quota: readonly QuotaState[],
): Exceeded | undefined {
  if (source_project_id === project_id) return undefined;
  const withVolume = quota.map((state) => ({
    ...state,
    volumes_in_use: state.volumes_in_use + 1,
    gigabytes_in_use: state.gigabytes_in_use + size,
  }));
  return (
    overQuota(quota, { volumes: 1, gigabytes: size, snapshots: 0, volume_size: size }) ??
    overQuota(withVolume, { volumes: 0, gigabytes: snapshot_gigabytes, snapshots, volume_size: 0 })
  );
}
