import { and, eq, type SQL } from "drizzle-orm";
import { now, transfers, volumes } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";

/**
 * Makes the volume of a closed transfer `available`. A volume that is no longer `awaiting-transfer` keeps its status.
 *
 * @param transfer the condition that finds the transfer, if this request has closed it
 */
export const releaseVolume = (transfer: SQL | undefined) =>
  queryBuilder
    .update(volumes)
    .set({ status: "available", updated_at: now })
    .where(
      and(
        eq(volumes.id, queryBuilder.select({ id: transfers.volume_id }).from(transfers).where(transfer)),
        eq(volumes.status, "awaiting-transfer"),
      ),
    );
