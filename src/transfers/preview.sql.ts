import { and, eq, ne, type SQL, sql } from "drizzle-orm";
import { now, transfers, volumes, volumeTypes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder, repeatable } from "../db/statements/batch.ts";
import { allHold, hasRow } from "../db/statements/guards.ts";
import { acceptGuards } from "./accept.sql.ts";
import {
  type Attempt,
  attemptedTransfer,
  countFailedAttempt,
  quotaOfAttempt,
  readAttempted,
} from "./attempt.sql.ts";
import { isOpen, transferColumns, volumeColumns } from "./rows.sql.ts";

/**
 * Stores the first and the last preview of a transfer by another project, for its owner, who sees that somebody has
 * looked.
 *
 * @param shown the condition that the caller sees the preview
 */
export const markPreviewed = ({ param }: Params<Attempt>, shown: SQL) =>
  queryBuilder
    .update(transfers)
    .set({
      first_previewed_at: sql`coalesce(${transfers.first_previewed_at}, ${now})`,
      first_previewed_by: sql`coalesce(${transfers.first_previewed_by}, ${param("project_id")})`,
      last_previewed_at: now,
      last_previewed_by: param("project_id"),
    })
    .where(
      and(
        eq(transfers.id, param("transfer_id")),
        ne(transfers.source_project_id, param("project_id")),
        shown,
      ),
    );

/** Reads what an accept would move, and changes nothing but the number of failed attempts. */
export const previewStatements = prepareBatch((params: Params<Attempt>) => {
  const attempted = attemptedTransfer(params);
  // A quota without room is shown, and is no refusal.
  const { volume_too_large: _size, over_quota: _quota, ...guards } = acceptGuards(params, attempted);
  return {
    ...countFailedAttempt(params),
    previewed: markPreviewed(params, hasRow(attempted, allHold(guards))),
    transfer: readAttempted(attempted, guards),
    quota: quotaOfAttempt(params),
    shown: queryBuilder
      .select({ ...transferColumns, ...volumeColumns })
      .from(transfers)
      .innerJoin(volumes, eq(volumes.id, transfers.volume_id))
      .leftJoin(volumeTypes, eq(volumeTypes.key, volumes.volume_type))
      .where(and(eq(transfers.id, params.param("transfer_id")), isOpen)),
  };
}, repeatable);
