import { and, eq, not, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { volumeTypeAccess, volumeTypes } from "../schema/index.ts";
import { queryBuilder } from "./batch.ts";
import { hasRow } from "./guards.ts";

/** Makes the condition that the volume type with a key has encryption. */
export const isEncrypted = (key: SQL | SQLiteColumn): SQL<number> =>
  sql<number>`exists (select 1 from ${volumeTypes}
    where ${volumeTypes.key} = ${key} and ${volumeTypes.encryption} is not null)`;

/** The condition that volumes of the volume type of a row can be attached to several servers. */
export const hasMultiattach: SQL<number> = sql<number>`coalesce(json_extract(${volumeTypes.extra_specs},
  '$.multiattach') = '<is> True', 0)`;

/** Makes the condition that a project may see and use a volume type; undefined without a project. */
export const usableBy = (project_id: SQL | string | undefined): SQL | undefined =>
  project_id === undefined
    ? undefined
    : or(
        eq(volumeTypes.is_public, true),
        hasRow(
          volumeTypeAccess,
          eq(volumeTypeAccess.volume_type, volumeTypes.key),
          eq(volumeTypeAccess.project_id, project_id),
        ),
      );

/** Selects the id of the volume type with a key if a project may not use it; null if it may, or without a project. */
export function forbiddenType(key: SQL | SQLiteColumn, project_id: SQL | undefined): SQL<string | null> {
  const usable = usableBy(project_id);
  if (usable === undefined) return sql`null`;
  const type = queryBuilder.select({ id: volumeTypes.id }).from(volumeTypes);
  return sql`(${type.where(and(eq(volumeTypes.key, key), not(usable)))})`;
}

/** Makes the expression of the id of the volume type with a key. */
export const idOfType = (key: SQL | SQLiteColumn): SQL<string | null> =>
  sql<string | null>`(select ${volumeTypes.id} from ${volumeTypes} where ${volumeTypes.key} = ${key})`;
