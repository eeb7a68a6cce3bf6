import { type Params, prepareBatch } from "../db/statements/batch.ts";
import { selectVolumes, volumeWithId } from "./rows.sql.ts";

/** Reads a volume, in a project if one is given. */
export const showStatements = prepareBatch(
  ({ param, optionalParam }: Params<{ id: string; project_id: string | undefined }>) => ({
    volume: selectVolumes().where(volumeWithId(param("id"), optionalParam("project_id"))),
  }),
);
