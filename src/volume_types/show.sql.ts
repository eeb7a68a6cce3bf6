import { and, eq } from "drizzle-orm";
import { DEFAULT_TYPE_KEY, volumeTypeAccess, volumeTypes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { typeWithId } from "./rows.sql.ts";

/** Reads a type, usable by a project if one is given. */
export const showStatements = prepareBatch(
  ({ param, optionalParam }: Params<{ id: string; project_id: string | undefined }>) => ({
    type: queryBuilder
      .select()
      .from(volumeTypes)
      .where(typeWithId(param("id"), optionalParam("project_id"))),
  }),
);

/** Reads the default type. */
export const defaultStatements = prepareBatch((_params: Params<object>) => ({
  type: queryBuilder.select().from(volumeTypes).where(eq(volumeTypes.key, DEFAULT_TYPE_KEY)),
}));

/** Reads the projects that may use a type. */
export const accessStatements = prepareBatch(({ param }: Params<{ id: string }>) => ({
  type: queryBuilder
    .select({ is_public: volumeTypes.is_public })
    .from(volumeTypes)
    .where(eq(volumeTypes.id, param("id"))),
  projects: queryBuilder
    .select({ project_id: volumeTypeAccess.project_id })
    .from(volumeTypeAccess)
    .innerJoin(volumeTypes, eq(volumeTypes.key, volumeTypeAccess.volume_type))
    .where(and(eq(volumeTypes.id, param("id"))))
    .orderBy(volumeTypeAccess.project_id),
}));
