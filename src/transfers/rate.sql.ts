import { type SQL, sql } from "drizzle-orm";
import { queryBuilder } from "../db/batch.ts";
import { forEachInput, type Inputs, position } from "../db/combine.ts";
import { selectRow } from "../db/insert.ts";
import { createRates, now, transfers, volumes } from "../db/schema.ts";

// The rate of creates, for `OFFERS_PER_MINUTE`.

const thisMinute = sql<number>`(${now} / 60000)`;

const ofProject = sql`${createRates.project_id} = ${volumes.project_id} and ${createRates.minute} = ${thisMinute}`;

/** Makes the condition that the project of a volume has created as many transfers in this minute as it may. */
export const tooMany = (limit: SQL): SQL<number> =>
  sql<number>`exists (select 1 from ${createRates} where ${ofProject} and ${createRates.transfers} >= ${limit})`;

/**
 * Makes the condition that a volume may be offered, and that its project may create the transfer in this minute after
 * those before it.
 *
 * @param mayBeOffered the other guards of a create
 */
export const withinRate = (params: Inputs, limit: SQL, mayBeOffered: SQL | undefined): SQL =>
  sql`${volumes.id} in (select offered.id from (select ${volumes.id} as id,
      row_number() over (partition by ${volumes.project_id} order by ${position})
        + coalesce((select ${createRates.transfers} from ${createRates} where ${ofProject}), 0) as transfers
    from ${forEachInput(params, volumes)} where ${mayBeOffered}) as offered where offered.transfers <= ${limit})`;

/** Counts a transfer among those of its project in this minute. */
export const countCreate = (params: Inputs, transfer: SQL | undefined) =>
  queryBuilder
    .insert(createRates)
    .select(
      selectRow(
        createRates,
        { project_id: transfers.source_project_id, minute: thisMinute, transfers: sql`1` },
        { from: forEachInput(params, transfers), where: transfer },
      ),
    )
    .onConflictDoUpdate({
      target: createRates.project_id,
      set: {
        minute: sql.raw("excluded.minute"),
        transfers: sql`case ${createRates.minute} when excluded.minute then ${createRates.transfers} + 1 else 1 end`,
      },
    });
