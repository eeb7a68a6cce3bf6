import { type Params, prepareBatch, queryBuilder } from "../db/batch.ts";
import { volumes } from "../db/schema.ts";
import { volumeWithId } from "./rows.sql.ts";

/** Reads a volume, in a project if one is given. */
export const showStatements = prepareBatch(
  ({ param, optionalParam }: Params<{ id: string; project_id: string | undefined }>) => ({
    volume: queryBuilder
      .select()
      .from(volumes)
      .where(volumeWithId(param("id"), optionalParam("project_id"))),
  }),
);
