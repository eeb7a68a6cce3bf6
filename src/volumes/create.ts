import type { RequestContext } from "../http/context.ts";
import { badRequest, Fault, invalid, overLimit } from "../http/faults.ts";
import { defaultLimits, exceededQuota } from "../quotas/room.ts";
import { VOLUME_TYPES, volumeType } from "../volume_types/volume_type.ts";
import { createStatements } from "./create.sql.ts";
import type { Volume } from "./rows.sql.ts";
import { AVAILABILITY_ZONE } from "./views.ts";

/** What the body of a create contains. */
interface VolumeInput {
  readonly name: string | null;
  readonly description: string | null;
  /** GiB. */
  readonly size: number | null;
  readonly metadata: Record<string, string>;
  /** A type's name or id; null for the default type. */
  readonly volume_type: string | null;
  readonly availability_zone: string | null;
}

/**
 * Creates a volume in the caller's project (API reference, "Create a volume"). It is a record, and `available` at once.
 *
 * @throws Fault 400 for invalid input, 404 for an unknown type, 413 if the quota has no room
 */
export async function createVolume(
  { db, config, identity }: RequestContext,
  input: VolumeInput,
): Promise<Volume> {
  const { size } = input;
  if (size === null) throw badRequest("A volume needs a size: give 'size', in GiB.");
  const zone = input.availability_zone ?? AVAILABILITY_ZONE;
  if (zone !== AVAILABILITY_ZONE) throw invalid("input received", `Availability zone '${zone}' is invalid.`);
  const type = input.volume_type ? volumeType(input.volume_type) : VOLUME_TYPES[0];
  if (type === undefined) {
    throw new Fault(404, `Volume type with name ${input.volume_type} could not be found.`);
  }
  const {
    created: [created],
    quota,
  } = await db.write(
    createStatements({
      id: crypto.randomUUID(),
      project_id: identity.project_id,
      user_id: identity.user_id,
      display_name: input.name,
      display_description: input.description,
      size,
      volume_type: type.name,
      metadata: JSON.stringify(input.metadata),
      ...defaultLimits(config.defaultQuota),
    }),
  );
  if (created !== undefined) return created;
  const request = { volumes: 1, gigabytes: size, snapshots: 0, volume_size: size };
  const { exception, message } = exceededQuota(quota, request);
  throw overLimit(`${exception}: ${message}`);
}
