import { isNull, sql } from "drizzle-orm";
import { transfers } from "../db/schema/index.ts";
import { batch, queryBuilder } from "../db/statements/batch.ts";

const rows = sql<number>`count(*)`;

/** Counts the rows that wait for something: transfers that can be accepted, or have expired since the last sweep. */
export const countStatements = batch({
  openTransfers: queryBuilder.select({ rows }).from(transfers).where(isNull(transfers.deleted_at)),
});
