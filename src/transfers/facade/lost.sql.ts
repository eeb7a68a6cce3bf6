import { and, eq, lt, ne } from "drizzle-orm";
import { openings, transfers } from "../../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../../db/statements/batch.ts";
import { isOfVolume, selectInFlight } from "./create.sql.ts";

interface Creations {
  readonly volume_id: string;
  /** The request that asks. */
  readonly request_id: string;
  /** Creates that began later are left out, milliseconds since the epoch. */
  readonly begun_before: number;
}

/** Reads who creates a transfer of a volume now, beside a request, and which transfers are stored. */
export const creationsStatements = prepareBatch((params: Params<Creations>) => {
  const { param } = params;
  return {
    inFlight: selectInFlight(
      and(
        eq(openings.volume_id, param("volume_id")),
        ne(openings.id, param("request_id")),
        lt(openings.created_at, param("begun_before")),
      ),
    ),
    known: queryBuilder.select({ id: transfers.id }).from(transfers).where(isOfVolume(params)),
  };
});
