import { ALL_TYPES } from "../db/schema/index.ts";
import type { RequestContext } from "../http/context.ts";
import { type Fault, overLimit } from "../http/faults.ts";
import type { DefaultLimits, QuotaRequest, QuotaState } from "./room.sql.ts";

// Whether a quota has room for a request is decided twice: by the guard of the statements (`hasRoom` in
// `room.sql.ts`), and, after the guard has refused, by the messages here. A property test compares the two.

export type { QuotaRequest, QuotaState } from "./room.sql.ts";

/** Returns the default limits as values of a batch. */
export const defaultLimits = (quota: RequestContext["config"]["defaultQuota"]): DefaultLimits => ({
  default_volumes: quota.volumes,
  default_gigabytes: quota.gigabytes,
  default_snapshots: quota.snapshots,
  default_per_volume_gigabytes: quota.per_volume_gigabytes,
});

/** Returns the name of a quota: `volumes`, or `volumes_LUKS` for the volumes of one type. */
export const quotaName = (resource: string, volume_type: string): string =>
  volume_type === ALL_TYPES ? resource : `${resource}_${volume_type}`;

/** The quota that a request exceeds, by the name of Cinder's exception. */
export interface Exceeded {
  /** The name of the quota: `volumes`, or `volumes_LUKS` for the volumes of one type. */
  readonly quota: string;
  readonly exception:
    | "VolumeSizeExceedsLimit"
    | "VolumeSizeExceedsAvailableQuota"
    | "VolumeLimitExceeded"
    | "SnapshotLimitExceeded";
  readonly message: string;
}

/**
 * Returns the first quota that a request exceeds, in Cinder's order: the size of a volume, then gigabytes, then the
 * number of volumes or snapshots.
 *
 * @param states the quota over all types, and of the resource's type
 * @param request the quota that the request needs: volumes or snapshots, not both
 * @returns undefined if all quotas have room
 */
export function overQuota(
  states: readonly QuotaState[],
  request: QuotaRequest<number>,
): Exceeded | undefined {
  const exceeds = (limit: number, amount: number): boolean => limit >= 0 && amount > limit;
  for (const { volume_type, per_volume_gigabytes_limit: limit } of states) {
    if (exceeds(limit, request.volume_size)) {
      const message = `Requested volume size ${request.volume_size}G is larger than maximum allowed limit ${limit}G.`;
      return {
        quota: quotaName("per_volume_gigabytes", volume_type),
        exception: "VolumeSizeExceedsLimit",
        message,
      };
    }
  }
  for (const { volume_type, gigabytes_limit: limit, gigabytes_in_use: used } of states) {
    if (request.gigabytes > 0 && exceeds(limit, used + request.gigabytes)) {
      const quota = quotaName("gigabytes", volume_type);
      const message =
        `Requested volume or snapshot exceeds allowed ${quota} quota. ` +
        `Requested ${request.gigabytes}G, quota is ${limit}G and ${used}G has been consumed.`;
      return { quota, exception: "VolumeSizeExceedsAvailableQuota", message };
    }
  }
  for (const { volume_type, volumes_limit: limit, volumes_in_use: used } of states) {
    if (request.volumes > 0 && exceeds(limit, used + request.volumes)) {
      const quota = quotaName("volumes", volume_type);
      const message = `Maximum number of volumes allowed (${limit}) exceeded for quota '${quota}'.`;
      return { quota, exception: "VolumeLimitExceeded", message };
    }
  }
  for (const { volume_type, snapshots_limit: limit, snapshots_in_use: used } of states) {
    if (request.snapshots > 0 && exceeds(limit, used + request.snapshots)) {
      const message = `Maximum number of snapshots allowed (${limit}) exceeded`;
      return { quota: quotaName("snapshots", volume_type), exception: "SnapshotLimitExceeded", message };
    }
  }
  return undefined;
}

/**
 * Returns the quota that a request exceeds, after the guard has refused it.
 *
 * @throws Error if all quotas have room: the guard and `overQuota` disagree, which is a defect
 */
export function assertExceeded(exceeded: Exceeded | undefined): Exceeded {
  if (exceeded === undefined) throw new Error("a request within its quota was refused");
  return exceeded;
}

/**
 * Returns the 413 of the quota that a request exceeds, after the guard has refused it.
 *
 * @example
 * if (created.length === 0) throw quotaFault(quota, { volumes: 1, gigabytes: size, snapshots: 0, volume_size: size });
 */
export function quotaFault(states: readonly QuotaState[], request: QuotaRequest<number>): Fault {
  const { exception, message } = assertExceeded(overQuota(states, request));
  return overLimit(`${exception}: ${message}`);
}
