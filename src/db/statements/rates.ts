import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { type createRates, now } from "../schema/index.ts";
import { queryBuilder } from "./batch.ts";
import { selectRow } from "./insert.ts";

// A project that creates without limit fills the tables of events and of closed transfers. Deletes and accepts need no
// limit: there is one at most for each resource.

/** A table of rates of creation. */
type Rates = typeof createRates;

const thisMinute = sql<number>`(${now} / 60000)`;

/** Makes the condition that a project has created fewer resources in this minute than a limit. */
export const isBelowRate = (rates: Rates, project_id: SQL | SQLiteColumn, limit: SQL): SQL =>
  sql`not exists (select 1 from ${rates} where ${rates.project_id} = ${project_id} and ${rates.minute} = ${thisMinute}
    and ${rates.created} >= ${limit})`;

/**
 * Counts a resource among those that its project has created in this minute.
 *
 * @param where the condition that the request has created the resource
 */
export const countCreated = (
  rates: Rates,
  { project_id, from, where }: { project_id: SQLiteColumn; from: SQLiteTable; where: SQL | undefined },
) =>
  queryBuilder
    .insert(rates)
    .select(selectRow(rates, { project_id, minute: thisMinute, created: sql`1` }, { from, where }))
    .onConflictDoUpdate({
      target: rates.project_id,
      set: {
        minute: sql.raw("excluded.minute"),
        created: sql`case ${rates.minute} when excluded.minute then ${rates.created} + 1 else 1 end`,
      },
    });
