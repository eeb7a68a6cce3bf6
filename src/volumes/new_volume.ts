import { eventOrigin } from "../events/origin.ts";
import type { RequestContext } from "../http/context.ts";
import { defaultLimits } from "../quotas/room.ts";

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
  ...defaultLimits(context.config.defaultQuota),
});

/** Returns the quota that a new volume needs. */
export const newVolumeUsage = (gigabytes: number) => ({
  volumes: 1,
  gigabytes,
  snapshots: 0,
  volume_size: gigabytes,
});
