import { transfers } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { openTransfer, transferColumns } from "./rows.sql.ts";

/** Reads an open transfer, in a project if one is given. */
export const showStatements = prepareBatch(
  ({ param, optionalParam }: Params<{ id: string; project_id: string | undefined }>) => ({
    transfer: queryBuilder
      .select({ ...transferColumns, failed_attempts: transfers.failed_attempts })
      .from(transfers)
      .where(openTransfer(param("id"), optionalParam("project_id"))),
  }),
);
