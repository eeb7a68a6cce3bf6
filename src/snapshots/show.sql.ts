import { snapshots } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { snapshotWithId } from "./rows.sql.ts";

/** Reads a snapshot, in a project if one is given. */
export const showStatements = prepareBatch(
  ({ param, optionalParam }: Params<{ id: string; project_id: string | undefined }>) => ({
    snapshot: queryBuilder
      .select()
      .from(snapshots)
      .where(snapshotWithId(param("id"), optionalParam("project_id"))),
  }),
);
