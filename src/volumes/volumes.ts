import type { RequestContext } from "../http/context.ts";
import { badRequest, Fault, invalid, notFound, overLimit } from "../http/faults.ts";
import { parseBoolean } from "../http/fields.ts";
import type { ListQuery } from "../http/pagination.ts";
import { listScopeOf, scopeOf } from "../identity/identity.ts";
import { exceededQuota } from "../quotas/room.ts";
import { VOLUME_TYPES, volumeType } from "../volume_types/volume_type.ts";
import { createVolume } from "./create.sql.ts";
import { deleteVolume } from "./delete.sql.ts";
import { AVAILABILITY_ZONE } from "./views.ts";
import { listVolumes, type Volume, type VolumeFilters } from "./volume.sql.ts";

/** What a caller says of a volume to make. */
export interface VolumeInput {
  readonly name: string | null;
  readonly description: string | null;
  /** GiB. */
  readonly size: number | null;
  readonly metadata: Record<string, string>;
  /** A type's name or id; the default type where there is none. */
  readonly volume_type: string | null;
  readonly availability_zone: string | null;
}

/**
 * Makes a volume of the caller's (API reference, "Create a volume"). It is a record, and `available` at once.
 *
 * @throws Fault 400 for input that makes no volume, 404 for an unknown type, 413 where the quota has no room
 */
export async function makeVolume(
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
  const result = await createVolume(
    db,
    {
      id: crypto.randomUUID(),
      project_id: identity.project_id,
      user_id: identity.user_id,
      display_name: input.name,
      display_description: input.description,
      size,
      volume_type: type.name,
      metadata: input.metadata,
    },
    config.defaultQuota,
  );
  if ("created" in result) return result.created;
  const asked = { volumes: 1, gigabytes: size, snapshots: 0, volume_size: size };
  const { exception, message } = exceededQuota(result.refused, asked);
  throw overLimit(`${exception}: ${message}`);
}

/**
 * A page of the volumes of the caller's project, or, for an admin who asks for `all_tenants`, of all.
 *
 * @throws Fault 400 for a filter that is none, 404 where the marker is no volume that the caller sees
 */
export async function listOwnVolumes(
  { db, identity }: RequestContext,
  { page, filters }: ListQuery,
): Promise<readonly Volume[]> {
  const scope = listScopeOf(identity, filters.all_tenants);
  const wanted = volumeFilters(filters, scope === "all");
  if (wanted === undefined || (page.limit === 0 && page.marker === undefined)) return [];
  const volumes = await listVolumes(db, scope, wanted, page);
  if (volumes === undefined) throw notFound("Volume", page.marker ?? "");
  return volumes;
}

/** The filters of a query, or undefined where nothing can match. A name that is no filter is passed over. */
function volumeFilters(query: ListQuery["filters"], everywhere: boolean): VolumeFilters | undefined {
  const { name = query.display_name, status, size, bootable, availability_zone, project_id, user_id } = query;
  if (bootable !== undefined && parseBoolean(bootable)) return undefined;
  if (availability_zone !== undefined && availability_zone !== AVAILABILITY_ZONE) return undefined;
  if (size !== undefined && !Number.isSafeInteger(Number(size))) return undefined;
  return {
    ...(name !== undefined && { name }),
    ...(status !== undefined && { status }),
    ...(size !== undefined && { size: Number(size) }),
    ...(everywhere && project_id !== undefined && { project_id }),
    ...(everywhere && user_id !== undefined && { user_id }),
  };
}

/**
 * Deletes a volume (API reference, "Delete a volume").
 *
 * @param cascade whether its snapshots go too
 * @throws Fault 404 where there is no such volume, 400 where it is in use, offered, or has snapshots
 */
export async function removeVolume(
  { db, identity }: RequestContext,
  id: string,
  cascade: boolean,
): Promise<void> {
  const deleted = await deleteVolume(db, id, scopeOf(identity), cascade);
  if (deleted === undefined) throw notFound("Volume", id);
  if (!deleted) {
    throw invalid(
      "volume",
      "Volume status must be available or error or error_restoring or error_extending or error_managing and " +
        "must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be " +
        "disassociated from snapshots after volume transfer.",
    );
  }
}
