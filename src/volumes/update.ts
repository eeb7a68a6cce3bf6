import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { invalid, notFound } from "../http/faults.ts";
import type { Volume } from "./rows.sql.ts";
import { updateStatements, type VolumeChanges } from "./update.sql.ts";

/**
 * Updates a volume (API reference, "Update a volume", "Update a volume's bootable status").
 *
 * @returns the volume after the update
 * @throws Fault 404 if there is none that the caller may see, 400 if an operator works on it
 */
export async function updateVolume(
  { db, identity }: RequestContext,
  id: string,
  changes: VolumeChanges,
): Promise<Volume> {
  const {
    updated,
    volume: [volume],
  } = await db.write(updateStatements(id, scopeOf(identity), changes, { exceptStatuses: ["maintenance"] }));
  if (volume === undefined) throw notFound("Volume", id);
  if (updated.length === 0) throw invalid("volume", "The volume cannot be updated during maintenance.");
  return volume;
}

/**
 * Sets whether a volume may be written to (API reference, "Updates volume read-only access-mode flag").
 *
 * @throws Fault 404 if there is none that the caller may see, 400 if it is not available
 */
export async function updateReadonly(
  { db, identity }: RequestContext,
  id: string,
  readonly: boolean,
): Promise<void> {
  // As in Cinder, the flag does not count as an update of the volume.
  const {
    updated,
    volume: [volume],
  } = await db.write(
    updateStatements(id, scopeOf(identity), { readonly }, { statuses: ["available"] }, false),
  );
  if (volume === undefined) throw notFound("Volume", id);
  if (updated.length > 0) return;
  throw invalid(
    "volume",
    `Volume ${id} status must be available to update readonly flag, but current status is: ${volume.status}.`,
  );
}
