import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import type { ListQuery } from "../http/pagination.ts";
import { listScopeOf } from "../identity/identity.ts";
import { readSnapshotPage } from "./list.sql.ts";
import type { Snapshot } from "./rows.sql.ts";

/**
 * Returns a page of the snapshots of the caller's project, or, if an admin asks for `all_tenants`, of all projects
 * (API reference, "List snapshots"). Unknown filters are ignored.
 *
 * @throws Fault 404 if the marker is not a snapshot that the caller may see
 */
export async function listSnapshots(
  { db, identity }: RequestContext,
  { page, filters }: ListQuery,
): Promise<readonly Snapshot[]> {
  if (page.limit === 0 && page.marker === undefined) return [];
  const scope = listScopeOf(identity, filters.all_tenants);
  const { name = filters.display_name, status, volume_id, project_id } = filters;
  const parsed = {
    ...(name !== undefined && { name }),
    ...(status !== undefined && { status }),
    ...(volume_id !== undefined && { volume_id }),
    ...(scope === "all" && project_id !== undefined && { project_id }),
  };
  const snapshots = await readSnapshotPage(db, scope, parsed, page);
  if (snapshots === undefined) throw notFound("Snapshot", page.marker ?? "");
  return snapshots;
}
