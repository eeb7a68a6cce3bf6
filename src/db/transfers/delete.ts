import { and, eq } from "drizzle-orm";
import type { Connection } from "../database.ts";
import { now, transfers, volumes } from "../schema.ts";
import type { Scope } from "../scope.ts";
import { liveTransfer } from "./transfer.ts";

/**
 * Withdraws an offer: closes the transfer and makes the volume `available` again. A volume whose status something
 * else has changed meanwhile keeps that.
 *
 * @param request_id marks the transfer as closed by this request
 * @returns whether there was such an offer within the scope
 */
export async function deleteTransfer(
  db: Connection,
  id: string,
  scope: Scope,
  request_id: string,
): Promise<boolean> {
  const [deleted] = await db.batch([
    db
      .update(transfers)
      .set({ deleted_at: now, closed_by_request: request_id })
      .where(liveTransfer(id, scope))
      .returning({ id: transfers.id }),
    db
      .update(volumes)
      .set({ status: "available", updated_at: now })
      .where(
        and(
          eq(
            volumes.id,
            db
              .select({ id: transfers.volume_id })
              .from(transfers)
              .where(and(eq(transfers.id, id), eq(transfers.closed_by_request, request_id))),
          ),
          eq(volumes.status, "awaiting-transfer"),
        ),
      ),
  ]);
  return deleted.length > 0;
}
