import { and, eq, inArray, ne, not, type SQL, sql } from "drizzle-orm";
import {
  DEFAULT_TYPE_KEY,
  type Encryption,
  now,
  quotas,
  volumeTypeAccess,
  volumeTypes,
} from "../db/schema/index.ts";
import { batch, queryBuilder } from "../db/statements/batch.ts";
import { selectRow } from "../db/statements/insert.ts";
import { mergeObjects } from "../db/statements/json_objects.ts";
import { type ExtraSpecs, inUse, refusedType, type VolumeType } from "./rows.sql.ts";

/** Selects the reason of a refused change: the type, or no row if there is none. */
const explanation = (id: string) =>
  queryBuilder.select(refusedType).from(volumeTypes).where(eq(volumeTypes.id, id));

/** The columns that an update changes. */
export type VolumeTypeChanges = Partial<Pick<VolumeType, "name" | "description" | "is_public">>;

/** Updates a type, unless another has the name. */
export function updateStatements(id: string, changes: VolumeTypeChanges) {
  const other = sql`other.name = ${changes.name ?? null} and other.volume_type_id <> ${id}`;
  return batch({
    updated: queryBuilder
      .update(volumeTypes)
      .set({ ...changes, updated_at: now })
      .where(
        and(eq(volumeTypes.id, id), sql`not exists (select 1 from ${volumeTypes} as other where ${other})`),
      )
      .returning(),
    type: explanation(id),
  });
}

/** Deletes a type with its access list and its quotas, unless volumes of it exist or it is the default. */
export function deleteStatements(id: string) {
  const deletable = and(eq(volumeTypes.id, id), ne(volumeTypes.key, DEFAULT_TYPE_KEY), not(inUse));
  const keys = queryBuilder.select({ key: volumeTypes.key }).from(volumeTypes).where(deletable);
  return batch({
    type: explanation(id),
    accessRemoved: queryBuilder.delete(volumeTypeAccess).where(inArray(volumeTypeAccess.volume_type, keys)),
    // The type is deleted last, so that all statements before see the same. Limits are all that its quotas hold.
    quotasRemoved: queryBuilder.delete(quotas).where(inArray(quotas.volume_type, keys)),
    deleted: queryBuilder.delete(volumeTypes).where(deletable).returning({ key: volumeTypes.key }),
  });
}

/** Lets a project use a private type. */
export const addAccessStatements = (id: string, project_id: string) =>
  batch({
    changed: queryBuilder
      .insert(volumeTypeAccess)
      .select(
        selectRow(
          volumeTypeAccess,
          { volume_type: volumeTypes.key, project_id: sql`${project_id}` },
          { from: volumeTypes, where: and(eq(volumeTypes.id, id), eq(volumeTypes.is_public, false)) },
        ),
      )
      .onConflictDoNothing()
      .returning(),
    type: explanation(id),
  });

/** Ends a project's use of a private type. */
export const removeAccessStatements = (id: string, project_id: string) =>
  batch({
    changed: queryBuilder
      .delete(volumeTypeAccess)
      .where(
        and(
          eq(volumeTypeAccess.project_id, project_id),
          inArray(
            volumeTypeAccess.volume_type,
            queryBuilder
              .select({ key: volumeTypes.key })
              .from(volumeTypes)
              .where(and(eq(volumeTypes.id, id), eq(volumeTypes.is_public, false))),
          ),
        ),
      )
      .returning(),
    type: explanation(id),
  });

/** Changes a column of a type that no volume uses, under a further condition if one is given. */
function changeUnused(
  id: string,
  column: { readonly extra_specs: SQL } | { readonly encryption: SQL | null },
  guard?: SQL,
) {
  return batch({
    changed: queryBuilder
      .update(volumeTypes)
      .set({ ...column, updated_at: now })
      .where(and(eq(volumeTypes.id, id), not(inUse), guard))
      .returning({ key: volumeTypes.key }),
    type: explanation(id),
  });
}

/** Adds extra specs to those of a type, or replaces their values. */
export function addExtraSpecsStatements(id: string, specs: ExtraSpecs) {
  const added = sql`${JSON.stringify(specs)}`;
  // Not `json_patch`, which would remove what is set to null.
  const merged = mergeObjects(volumeTypes.extra_specs, added);
  return changeUnused(id, { extra_specs: merged });
}

/** Removes an extra spec from those of a type. */
export const removeExtraSpecStatements = (id: string, key: string) =>
  changeUnused(
    id,
    { extra_specs: sql`json_patch(${volumeTypes.extra_specs}, ${JSON.stringify({ [key]: null })})` },
    sql`exists (select 1 from json_each(${volumeTypes.extra_specs}) where key = ${key})`,
  );

/** Sets the encryption of a type that has none. */
export const createEncryptionStatements = (
  id: string,
  encryption: Omit<Encryption, "created_at" | "updated_at">,
) =>
  changeUnused(
    id,
    {
      encryption: sql`json_set(${JSON.stringify(encryption)}, '$.created_at', ${now}, '$.updated_at', null)`,
    },
    sql`${volumeTypes.encryption} is null`,
  );

/** Changes the encryption of a type. */
export const updateEncryptionStatements = (
  id: string,
  changes: Partial<Omit<Encryption, "encryption_id" | "created_at" | "updated_at">>,
) =>
  changeUnused(
    id,
    {
      // Not `json_patch`, which would remove what is set to null.
      encryption: sql`json_set(${volumeTypes.encryption}, '$.updated_at', ${now}${sql.join(
        Object.entries(changes).map(([name, value]) => sql`, ${`$.${name}`}, ${value}`),
      )})`,
    },
    sql`${volumeTypes.encryption} is not null`,
  );

/** Removes the encryption of a type. */
export const deleteEncryptionStatements = (id: string) =>
  changeUnused(id, { encryption: null }, sql`${volumeTypes.encryption} is not null`);
