import { and, eq } from "drizzle-orm";
import { transfers } from "../../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder, repeatable } from "../../db/statements/batch.ts";
import { allHold, hasRow } from "../../db/statements/guards.ts";
import { type Attempt, countFailedAttempt, keyAttempt, keyGuards, readRefusal } from "../attempt.sql.ts";
import { markPreviewed } from "../preview.sql.ts";
import { isOpen, transferColumns } from "../rows.sql.ts";

/** Reads what an accept would move, and changes nothing but the number of failed attempts. */
export const previewStatements = prepareBatch((params: Params<Attempt>) => {
  const attempted = keyAttempt(params);
  const guards = keyGuards(attempted);
  return {
    ...countFailedAttempt(params),
    previewed: markPreviewed(params, hasRow(attempted, allHold(guards))),
    found: readRefusal(attempted, guards),
    shown: queryBuilder
      .select({ ...transferColumns, volume: transfers.volume })
      .from(transfers)
      .where(and(eq(transfers.id, params.param("transfer_id")), isOpen)),
  };
}, repeatable);
