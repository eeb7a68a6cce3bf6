import type { RequestContext } from "../http/context.ts";
import { invalid, notFound } from "../http/faults.ts";
import { scopeOf } from "../identity/identity.ts";
import type { Volume } from "./rows.sql.ts";
import { updateStatements, type VolumeChanges } from "./update.sql.ts";

/**
 * Updates a volume (API reference, "Update a volume", "Reset a volume's statuses").
 *
 * @param except a status in which the volume is not updated
 * @returns the volume after the update
 * @throws Fault 404 if there is none that the caller may see, 400 if it has the status `except`
 */
export async function updateVolume(
  { db, identity }: RequestContext,
  id: string,
  changes: VolumeChanges,
  except?: "maintenance",
): Promise<Volume> {
  const {
    updated,
    volume: [volume],
  } = await db.write(updateStatements(id, scopeOf(identity), changes, except));
  if (volume === undefined) throw notFound("Volume", id);
  if (updated.length === 0) throw invalid("volume", "The volume cannot be updated during maintenance.");
  return volume;
}
