import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import { scopeOf } from "../identity/identity.ts";
import type { Volume } from "./rows.sql.ts";
import { updateStatements, type VolumeChanges } from "./update.sql.ts";

/**
 * Updates a volume (API reference, "Update a volume", "Reset a volume's statuses").
 *
 * @returns the volume after the update
 * @throws Fault 404 if there is none that the caller may see
 */
export async function updateVolume(
  { db, identity }: RequestContext,
  id: string,
  changes: VolumeChanges,
): Promise<Volume> {
  const {
    volume: [volume],
  } = await db.write(updateStatements(id, scopeOf(identity), changes));
  if (volume === undefined) throw notFound("Volume", id);
  return volume;
}
