import { and, eq, getTableColumns, or, type SQL, sql } from "drizzle-orm";
import { isLong, resourceBytes, volumes, volumeTypes } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import type { LongRows } from "../db/statements/page_size.ts";
import { selectValue } from "../db/statements/rows.ts";
import { inProject } from "../db/statements/scope.ts";
import { hasMultiattach, usableBy } from "../db/statements/volume_types.ts";

/** A volume with its type; the columns are described in `src/db/schema/volumes.ts` and `volume_types.ts`. */
export type Volume = ReturnType<typeof selectVolumes>["_"]["result"][number];

const bytes = resourceBytes((name) => volumes[name]);

/** Makes the bound of a page of volumes by its bytes. */
export const longVolumes = (visible: SQL | undefined): LongRows => ({
  bytes,
  exist: sql`exists (select 1 from ${volumes} indexed by volumes_long where ${and(visible, isLong(bytes))})`,
});

/** Selects volumes with their types. */
export const selectVolumes = () =>
  queryBuilder
    .select({
      ...getTableColumns(volumes),
      type_id: volumeTypes.id,
      type_name: volumeTypes.name,
      encryption: volumeTypes.encryption,
      type_multiattach: selectValue(hasMultiattach, "type_multiattach"),
      bytes: selectValue(bytes, "bytes"),
    })
    .from(volumes)
    .leftJoin(volumeTypes, eq(volumeTypes.key, volumes.volume_type));

/** Makes the condition that a volume has an id, in a project if one is given. */
export const volumeWithId = (id: string | SQL, project_id: string | SQL | undefined): SQL | undefined =>
  and(eq(volumes.id, id), inProject(project_id, volumes.project_id));

/** The condition that a volume has an attachment: only one that was imported can. */
export const hasAttachment: SQL<boolean> = sql`(coalesce(json_array_length(${volumes.imported_fields},
  '$.attachments'), 0) > 0)`;

/** The condition that a volume is attached: it has an attachment, or an admin has set that it is attached. */
export const isAttached: SQL<boolean> = sql`(coalesce(${volumes.attach_status}, '') = 'attached'
  or ${hasAttachment})`;

/** The condition that a volume is being migrated. */
export const isMigrating: SQL<boolean> = sql`(${volumes.migration_status} is not null
  and ${volumes.migration_status} not in ('deleting', 'error', 'success'))`;

/**
 * Selects the key of a type by its name or id, if a project may use it; a type with the id comes before one with the
 * name.
 *
 * @param project_id undefined for an admin, who may use every type
 */
export function keyOfType(type: SQL, project_id: SQL | undefined): SQL {
  const usable = queryBuilder
    .select({ key: volumeTypes.key })
    .from(volumeTypes)
    .where(and(or(eq(volumeTypes.id, type), eq(volumeTypes.name, type)), usableBy(project_id)))
    .orderBy(sql`${volumeTypes.id} = ${type} desc`)
    .limit(1);
  return sql`(${usable})`;
}
