import { and, ne } from "drizzle-orm";
import { batch, queryBuilder } from "../db/batch.ts";
import { now, volumes } from "../db/schema.ts";
import { projectOf, type Scope } from "../db/scope.ts";
import { selectVolumes, type Volume, volumeWithId } from "./rows.sql.ts";

/** The columns of a volume that updates and admin actions change. */
export type VolumeChanges = Partial<
  Pick<Volume, "display_name" | "display_description" | "metadata" | "status">
>;

/**
 * Updates a volume within the scope, or changes nothing.
 *
 * @param except a status in which the volume is not updated
 * @returns the volume afterwards, if there is one
 */
export function updateStatements(id: string, scope: Scope, changes: VolumeChanges, except?: string) {
  const volume = volumeWithId(id, projectOf(scope));
  return batch({
    updated: queryBuilder
      .update(volumes)
      .set({ ...changes, updated_at: now })
      // Protects a volume that an operator works on.
      .where(and(volume, except === undefined ? undefined : ne(volumes.status, except)))
      .returning({ id: volumes.id }),
    volume: selectVolumes().where(volume),
  });
}
