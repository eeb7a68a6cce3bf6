import { and, inArray, notInArray, type SQL, sql } from "drizzle-orm";
import { now, volumes } from "../db/schema/index.ts";
import { batch, queryBuilder } from "../db/statements/batch.ts";
import { projectOf, type Scope } from "../db/statements/scope.ts";
import { hasAttachment, selectVolumes, type Volume, volumeWithId } from "./rows.sql.ts";

/** The columns of a volume that updates and actions change. */
export type VolumeChanges = Partial<
  Pick<
    Volume,
    | "display_name"
    | "display_description"
    | "metadata"
    | "status"
    | "attach_status"
    | "migration_status"
    | "bootable"
    | "readonly"
  >
>;

/** The conditions under which a volume may be changed. A condition that is left out holds. */
export interface Requirement {
  /** It has one of these statuses. */
  readonly statuses?: readonly string[];
  /** It has none of these statuses. */
  readonly exceptStatuses?: readonly string[];
  /** It has an attachment. */
  readonly attached?: true;
}

/**
 * Updates a volume within the scope, or changes nothing.
 *
 * @param touch whether the time of the update is stored
 * @returns the volume afterwards, if there is one
 */
export const updateStatements = (
  id: string,
  scope: Scope,
  changes: VolumeChanges,
  requirement: Requirement = {},
  touch = true,
) => setStatements(id, scope, { ...changes, ...(touch && { updated_at: now }) }, requirement);

/** Makes a volume that is reserved for an attachment available again, or in use if it has another attachment. */
export const unreserveStatements = (id: string, scope: Scope) =>
  setStatements(
    id,
    scope,
    { status: sql`case when ${hasAttachment} then 'in-use' else 'available' end`, updated_at: now },
    { statuses: ["attaching"] },
  );

/** Resets the statuses of a volume to those of one that is attached to nothing, with other changes. */
export const detachStatements = (
  id: string,
  scope: Scope,
  changes: VolumeChanges,
  requirement: Requirement,
) =>
  setStatements(
    id,
    scope,
    {
      ...changes,
      attach_status: null,
      // Cinder deletes the attachments, too, and their entries in the metadata.
      imported_fields: sql`json_remove(${volumes.imported_fields}, '$.attachments', '$.metadata.attached_mode')`,
      updated_at: now,
    },
    requirement,
  );

type Values = { readonly [Name in keyof Volume]?: Volume[Name] | SQL };

function setStatements(id: string, scope: Scope, values: Values, requirement: Requirement) {
  const volume = volumeWithId(id, projectOf(scope));
  const { statuses, exceptStatuses, attached } = requirement;
  return batch({
    updated: queryBuilder
      .update(volumes)
      .set(values)
      .where(
        and(
          volume,
          // Protects a volume that something else uses or works on.
          statuses && inArray(volumes.status, [...statuses]),
          exceptStatuses && notInArray(volumes.status, [...exceptStatuses]),
          attached && hasAttachment,
        ),
      )
      .returning({ id: volumes.id }),
    volume: selectVolumes().where(volume),
  });
}
