import type { RequestContext } from "../http/context.ts";
import { invalid, notFound, overLimit } from "../http/faults.ts";
import type { ListQuery } from "../http/pagination.ts";
import { listScopeOf, scopeOf } from "../identity/identity.ts";
import { exceededQuota } from "../quotas/room.ts";
import { createSnapshot, type NewSnapshot } from "./create.sql.ts";
import { deleteSnapshot, listSnapshots, type Snapshot } from "./snapshot.sql.ts";

/**
 * Makes a snapshot of a volume of the caller's (API reference, "Create a snapshot").
 *
 * @param force whether a volume in use will do
 * @throws Fault 404 where there is no such volume, 400 where its status forbids it, 413 where the quota has no room
 */
export async function makeSnapshot(
  { db, config, identity }: RequestContext,
  input: Omit<NewSnapshot, "id" | "project_id" | "user_id">,
  force: boolean,
): Promise<Snapshot> {
  const { project_id, user_id } = identity;
  const statuses = force ? ["available", "in-use"] : ["available"];
  const snapshot = { ...input, id: crypto.randomUUID(), project_id, user_id };
  const result = await createSnapshot(db, scopeOf(identity), statuses, snapshot, config.defaultQuota);
  if ("created" in result) return result.created;
  const { volume, quota } = result.refused;
  if (volume === undefined) throw notFound("Volume", input.volume_id);
  if (!statuses.includes(volume.status)) {
    throw invalid(
      "volume",
      `Volume ${input.volume_id} status must be ${statuses.join(", ")}, but current status is: ${volume.status}.`,
    );
  }
  const asked = { volumes: 0, gigabytes: volume.size, snapshots: 1, volume_size: 0 };
  const { exception, message } = exceededQuota(quota, asked);
  throw overLimit(`${exception}: ${message}`);
}

/**
 * A page of the snapshots of the caller's project, or, for an admin who asks for `all_tenants`, of all.
 *
 * @throws Fault 404 where the marker is no snapshot that the caller sees
 */
export async function listOwnSnapshots(
  { db, identity }: RequestContext,
  { page, filters }: ListQuery,
): Promise<readonly Snapshot[]> {
  if (page.limit === 0 && page.marker === undefined) return [];
  const scope = listScopeOf(identity, filters.all_tenants);
  const { name = filters.display_name, status, volume_id, project_id } = filters;
  const wanted = {
    ...(name !== undefined && { name }),
    ...(status !== undefined && { status }),
    ...(volume_id !== undefined && { volume_id }),
    ...(scope === "all" && project_id !== undefined && { project_id }),
  };
  const snapshots = await listSnapshots(db, scope, wanted, page);
  if (snapshots === undefined) throw notFound("Snapshot", page.marker ?? "");
  return snapshots;
}

/**
 * Deletes a snapshot (API reference, "Delete a snapshot").
 *
 * @throws Fault 404 where there is no such snapshot, 400 where its status forbids it
 */
export async function removeSnapshot({ db, identity }: RequestContext, id: string): Promise<void> {
  const deleted = await deleteSnapshot(db, id, scopeOf(identity));
  if (deleted === undefined) throw notFound("Snapshot", id);
  if (!deleted) throw invalid("snapshot", "Snapshot status must be available or error.");
}
