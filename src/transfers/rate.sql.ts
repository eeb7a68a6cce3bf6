import { type SQL, sql } from "drizzle-orm";
import { createRates, now, transfers, volumes } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { selectRow } from "../db/statements/insert.ts";

// The rate of creates, for `OFFERS_PER_MINUTE`.

const thisMinute = sql<number>`(${now} / 60000)`;

const ofProject = sql`${createRates.project_id} = ${volumes.project_id} and ${createRates.minute} = ${thisMinute}`;

/** Makes the condition that the project of a volume has created as many transfers in this minute as it may. */
export const tooMany = (limit: SQL): SQL<number> =>
  sql<number>`exists (select 1 from ${createRates} where ${ofProject} and ${createRates.transfers} >= ${limit})`;

/** Counts a transfer among those of its project in this minute. */
export const countCreate = (transfer: SQL | undefined) =>
  queryBuilder
    .insert(createRates)
    .select(
      selectRow(
        createRates,
        { project_id: transfers.source_project_id, minute: thisMinute, transfers: sql`1` },
        { from: transfers, where: transfer },
      ),
    )
    .onConflictDoUpdate({
      target: createRates.project_id,
      set: {
        minute: sql.raw("excluded.minute"),
        transfers: sql`case ${createRates.minute} when excluded.minute then ${createRates.transfers} + 1 else 1 end`,
      },
    });
