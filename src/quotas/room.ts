import { ALL_TYPES } from "../db/schema.ts";
import { unexplained } from "../http/faults.ts";
import type { QuotaRequest, QuotaState } from "./usage.sql.ts";

/** The name of a quota: `volumes`, or `volumes_LUKS` for those of one type. */
export const quotaName = (resource: string, volume_type: string): string =>
  volume_type === ALL_TYPES ? resource : `${resource}_${volume_type}`;

/** Which quota a request exceeds, as Cinder names its exceptions. */
export interface Exceeded {
  readonly exception:
    | "VolumeSizeExceedsLimit"
    | "VolumeSizeExceedsAvailableQuota"
    | "VolumeLimitExceeded"
    | "SnapshotLimitExceeded";
  readonly message: string;
}

/**
 * The first quota that a request exceeds, in Cinder's order: the size of a volume, then gigabytes, then the
 * count. `hasRoom` (`src/db/quotas.ts`) asks the database the same.
 *
 * @param states the quota over all types, and of the resource's type
 * @param asked what the request needs; volumes and snapshots are not asked for together
 * @returns the quota that has no room, or undefined where all have
 */
export function overQuota(states: readonly QuotaState[], asked: QuotaRequest<number>): Exceeded | undefined {
  for (const { per_volume_gigabytes_limit: limit } of states) {
    if (exceeds(limit, asked.volume_size)) {
      const message = `Requested volume size ${asked.volume_size}G is larger than maximum allowed limit ${limit}G.`;
      return { exception: "VolumeSizeExceedsLimit", message };
    }
  }
  for (const { volume_type, gigabytes_limit: limit, gigabytes_in_use: used } of states) {
    if (asked.gigabytes > 0 && exceeds(limit, used + asked.gigabytes)) {
      const message =
        `Requested volume or snapshot exceeds allowed ${quotaName("gigabytes", volume_type)} quota. ` +
        `Requested ${asked.gigabytes}G, quota is ${limit}G and ${used}G has been consumed.`;
      return { exception: "VolumeSizeExceedsAvailableQuota", message };
    }
  }
  for (const { volume_type, volumes_limit: limit, volumes_in_use: used } of states) {
    if (asked.volumes > 0 && exceeds(limit, used + asked.volumes)) {
      const name = quotaName("volumes", volume_type);
      const message = `Maximum number of volumes allowed (${limit}) exceeded for quota '${name}'.`;
      return { exception: "VolumeLimitExceeded", message };
    }
  }
  for (const { snapshots_limit: limit, snapshots_in_use: used } of states) {
    if (asked.snapshots > 0 && exceeds(limit, used + asked.snapshots)) {
      const message = `Maximum number of snapshots allowed (${limit}) exceeded`;
      return { exception: "SnapshotLimitExceeded", message };
    }
  }
  return undefined;
}

/**
 * As `overQuota`, where the database has refused a request for want of room.
 *
 * @throws Error where there is room after all: the database's guard and this table are not the same
 */
export function exceededQuota(states: readonly QuotaState[], asked: QuotaRequest<number>): Exceeded {
  const exceeded = overQuota(states, asked);
  if (exceeded === undefined) throw unexplained("a request for room");
  return exceeded;
}

const exceeds = (limit: number, amount: number): boolean => limit >= 0 && amount > limit;
