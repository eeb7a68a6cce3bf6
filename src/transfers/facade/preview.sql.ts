import { and, eq, exists, sql } from "drizzle-orm";
import { transfers } from "../../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../../db/statements/batch.ts";
import { allHold } from "../../db/statements/guards.ts";
import { type Attempt, attemptedOffer, countFailedAttempt, keyGuards, readOffer } from "../attempt.sql.ts";
import { markPreviewed } from "../preview.sql.ts";
import { isOpen, transferColumns } from "../rows.sql.ts";

/** A preview may be written down twice. */
const makeEvidence = () => ({});

/** Reads what an accept would move, and changes nothing but the number of failed attempts. */
export const previewStatements = prepareBatch((params: Params<Attempt>) => {
  const offer = attemptedOffer(params);
  const guards = keyGuards(offer);
  return {
    ...countFailedAttempt(params),
    previewed: markPreviewed(
      params,
      exists(queryBuilder.select({ one: sql`1` }).from(offer).where(allHold(guards))),
    ),
    offer: readOffer(offer, guards),
    shown: queryBuilder
      .select({ ...transferColumns, volume: transfers.volume })
      .from(transfers)
      .where(and(eq(transfers.id, params.param("transfer_id")), isOpen)),
  };
}, makeEvidence);
