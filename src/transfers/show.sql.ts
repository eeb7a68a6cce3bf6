import { eq } from "drizzle-orm";
import { transfers, volumes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { followedColumns, openTransfer } from "./rows.sql.ts";

/** Reads an open transfer, in a project if one is given. */
export const showStatements = prepareBatch(
  ({ param, optionalParam }: Params<{ id: string; project_id: string | undefined }>) => ({
    transfer: queryBuilder
      .select({ ...followedColumns, failed_attempts: transfers.failed_attempts })
      .from(transfers)
      .innerJoin(volumes, eq(volumes.id, transfers.volume_id))
      .where(openTransfer(param("id"), optionalParam("project_id"))),
  }),
);

/** An open transfer, with what only its owner sees. */
export type ShownTransfer = ReturnType<ReturnType<typeof showStatements>["read"]>["transfer"][number];
