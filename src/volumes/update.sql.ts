import { batch, queryBuilder } from "../db/batch.ts";
import { now, volumes } from "../db/schema.ts";
import { projectOf, type Scope } from "../db/scope.ts";
import { selectVolumes, type Volume, volumeWithId } from "./rows.sql.ts";

/** The columns of a volume that updates and admin actions change. */
export type VolumeChanges = Partial<
  Pick<Volume, "display_name" | "display_description" | "metadata" | "status">
>;

/**
 * Updates a volume within the scope.
 *
 * @returns the volume after the update, if there is one
 */
export const updateStatements = (id: string, scope: Scope, changes: VolumeChanges) =>
  batch({
    updated: queryBuilder
      .update(volumes)
      .set({ ...changes, updated_at: now })
      .where(volumeWithId(id, projectOf(scope))),
    volume: selectVolumes().where(volumeWithId(id, projectOf(scope))),
  });
