import { transfers } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { openTransfer, receiptColumns, transferColumns } from "./rows.sql.ts";

/** Reads an open transfer, in a project if one is given. */
export const showStatements = prepareBatch(
  ({ param, optionalParam }: Params<{ id: string; project_id: string | undefined }>) => ({
    transfer: queryBuilder
      .select({ ...transferColumns, failed_attempts: transfers.failed_attempts, ...receiptColumns })
      .from(transfers)
      .where(openTransfer(param("id"), optionalParam("project_id"))),
  }),
);

/** An open transfer, with what only its owner sees. */
export type ShownTransfer = ReturnType<ReturnType<typeof showStatements>["read"]>["transfer"][number];
