import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import { parseBoolean, parseStrictBoolean } from "../http/fields.ts";
import type { ListQuery } from "../http/pagination.ts";
import { isAdmin, listScopeOf } from "../identity/identity.ts";
import { readVolumePage, type VolumeFilters } from "./list.sql.ts";
import type { Volume } from "./rows.sql.ts";
import { AVAILABILITY_ZONE } from "./views.ts";

/**
 * Returns a page of the volumes of the caller's project, or, if an admin asks for `all_tenants`, of all projects (API
 * reference, "List volumes").
 *
 * @throws Fault 400 if an admin's `all_tenants` is no boolean, 404 if the marker is not a volume that the caller may see
 */
export async function listVolumes(
  { db, identity }: RequestContext,
  { page, filters }: ListQuery,
): Promise<readonly Volume[]> {
  // Cinder ignores the parameter of other users.
  if (isAdmin(identity)) parseStrictBoolean("all_tenants", filters.all_tenants);
  const scope = listScopeOf(identity, filters.all_tenants);
  const parsed = parseFilters(filters, scope === "all");
  if (parsed === undefined || (page.limit === 0 && page.marker === undefined)) return [];
  const volumes = await readVolumePage(db, scope, parsed, page);
  if (volumes === undefined) throw notFound("Volume", page.marker ?? "");
  return volumes;
}

/** Returns the filters of a query, or undefined if nothing can match. Unknown filters are ignored. */
function parseFilters(query: ListQuery["filters"], allProjects: boolean): VolumeFilters | undefined {
  const { name = query.display_name, status, size, bootable, availability_zone, project_id, user_id } = query;
  if (bootable !== undefined && parseBoolean(bootable)) return undefined;
  if (availability_zone !== undefined && availability_zone !== AVAILABILITY_ZONE) return undefined;
  if (size !== undefined && !Number.isSafeInteger(Number(size))) return undefined;
  return {
    ...(name !== undefined && { name }),
    ...(status !== undefined && { status }),
    ...(size !== undefined && { size: Number(size) }),
    ...(allProjects && project_id !== undefined && { project_id }),
    ...(allProjects && user_id !== undefined && { user_id }),
  };
}
