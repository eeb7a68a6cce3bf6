import { and, eq } from "drizzle-orm";
import type { Connection } from "../database.ts";
import { now, transfers, volumes } from "../schema.ts";
import type { Scope } from "../scope.ts";
import { liveTransfer } from "./transfer.ts";

/**
 * Withdraws an offer: closes the transfer and makes the volume `available` again. A volume whose status something
 * else has changed meanwhile keeps that.
 *
 * @returns whether there was such an offer within the scope
 */
export async function deleteTransfer(db: Connection, id: string, scope: Scope): Promise<boolean> {
  const live = liveTransfer(id, scope);
  const [, deleted] = await db.batch([
    db
      .update(volumes)
      .set({ status: "available", updated_at: now })
      .where(
        and(
          eq(volumes.id, db.select({ id: transfers.volume_id }).from(transfers).where(live)),
          eq(volumes.status, "awaiting-transfer"),
        ),
      ),
    db.update(transfers).set({ deleted_at: now }).where(live).returning({ id: transfers.id }),
  ]);
  return deleted.length > 0;
}
