import { and, eq, not, type SQL, sql } from "drizzle-orm";
import { quotas, volumeTypeAccess, volumeTypes } from "../../../db/schema/index.ts";
import { batch, queryBuilder } from "../../../db/statements/batch.ts";

/** A volume type to insert or update. */
export type TypeRow = Pick<
  typeof volumeTypes.$inferSelect,
  "key" | "id" | "name" | "description" | "is_public" | "extra_specs" | "encryption"
> & {
  /** The projects that may use the type if it is not public; undefined if they are not known. */
  readonly projects: readonly string[] | undefined;
};

/** The condition that volumes of a type exist. */
const isInUse: SQL = sql`exists (select 1 from ${quotas}
  where ${quotas.volume_type} = volume_types.key and ${quotas.volumes_in_use} > 0)`;

/** Reads all types. */
export const readTypesStatements = () =>
  batch({
    types: queryBuilder
      .select({
        key: volumeTypes.key,
        id: volumeTypes.id,
        name: volumeTypes.name,
        description: volumeTypes.description,
        is_public: volumeTypes.is_public,
        extra_specs: volumeTypes.extra_specs,
        encryption: volumeTypes.encryption,
        in_use: sql`${isInUse}`.mapWith(Boolean).as("in_use"),
      })
      .from(volumeTypes),
  });

/**
 * The statements that create and update volume types, which run in one transaction. They are all that an import does
 * to types.
 */
export const writeTypesStatements = ({
  created,
  updated,
}: {
  readonly created: readonly TypeRow[];
  readonly updated: readonly TypeRow[];
}) =>
  batch({
    created: created.map(({ projects: _, ...values }) =>
      queryBuilder.insert(volumeTypes).values(values).onConflictDoNothing(),
    ),
    updated: updated.map(({ projects: _, key, ...values }) =>
      queryBuilder
        .update(volumeTypes)
        .set(values)
        // Protects the types of volumes that exist: whether they are encrypted must not change.
        .where(and(eq(volumeTypes.key, key), not(isInUse))),
    ),
    accessRemoved: updated
      .filter(({ projects }) => projects !== undefined)
      .map(({ key }) => queryBuilder.delete(volumeTypeAccess).where(eq(volumeTypeAccess.volume_type, key))),
    accessAdded: [...created, ...updated].flatMap(({ key, projects = [] }) =>
      projects.map((project_id) =>
        queryBuilder.insert(volumeTypeAccess).values({ volume_type: key, project_id }).onConflictDoNothing(),
      ),
    ),
  });
