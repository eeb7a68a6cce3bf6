import { eventOrigin } from "../events/origin.ts";
import type { RequestContext } from "../http/context.ts";
import { type Fault, tooManyRequests } from "../http/faults.ts";
import { defaultLimits, overQuota, type QuotaState, quotaFault } from "../quotas/room.ts";

/** The fields of a new volume that every request sets. */
interface NewVolume {
  readonly name: string | null;
  readonly description: string | null;
  readonly metadata: Record<string, string>;
}

/** Returns the values of the statements that make a volume, which are the same for one of storage that exists. */
export const newVolumeValues = (context: RequestContext, { name, description, metadata }: NewVolume) => ({
  id: crypto.randomUUID(),
  project_id: context.identity.project_id,
  user_id: context.identity.user_id,
  display_name: name,
  display_description: description,
  metadata: JSON.stringify(metadata),
  origin: eventOrigin(context),
  per_minute: context.config.volumesPerMinute || undefined,
  ...defaultLimits(context.config.defaultQuota),
});

/**
 * Returns the fault of a new volume that only the quota or the rate of its project can have refused.
 *
 * @param gigabytes the size of the volume, GiB
 */
export function newVolumeFault(
  { config }: RequestContext,
  quota: readonly QuotaState[],
  gigabytes: number,
): Fault {
  const request = { volumes: 1, gigabytes, snapshots: 0, volume_size: gigabytes };
  if (config.volumesPerMinute > 0 && overQuota(quota, request) === undefined)
    return tooManyRequests("too many volumes created by your project");
  return quotaFault(quota, request);
}
