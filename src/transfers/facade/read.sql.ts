import { eq, sql } from "drizzle-orm";
import { transfers, volumes } from "../../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../../db/statements/batch.ts";
import { followedColumns, isOpen } from "../rows.sql.ts";

/** Reads what this service knows of transfers that Cinder shows. */
export const knownStatements = prepareBatch(({ param }: Params<{ ids: string }>) => ({
  known: queryBuilder
    .select({
      ...followedColumns,
      failed_attempts: transfers.failed_attempts,
      is_open: sql<number>`${isOpen}`.as("is_open"),
    })
    .from(transfers)
    .leftJoin(volumes, eq(volumes.id, transfers.volume_id))
    .where(sql`${transfers.id} in (select value from json_each(${param("ids")}))`),
}));

/** The columns of a transfer that this service adds to what Cinder shows. */
export type KnownTransfer = ReturnType<ReturnType<typeof knownStatements>["read"]>["known"][number];
