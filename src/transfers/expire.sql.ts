import { and, eq, inArray, isNotNull, isNull, lte, notExists, sql } from "drizzle-orm";
import { build, once } from "../db/batch.ts";
import type { Database } from "../db/database.ts";
import { now, transfers, volumes } from "../db/schema.ts";

/**
 * Ends the offers that expired first: closes them, and makes their volumes `available` again. A volume whose status
 * something else has changed meanwhile keeps that.
 *
 * @param limit the most to end
 * @returns how many were ended
 */
export async function endExpired(db: Database, limit: number): Promise<number> {
  const expired = (column: typeof transfers.seq | typeof transfers.volume_id) =>
    build
      .select({ column })
      .from(transfers)
      .where(
        and(isNull(transfers.deleted_at), isNotNull(transfers.expires_at), lte(transfers.expires_at, now)),
      )
      .orderBy(transfers.expires_at, transfers.seq)
      .limit(limit);
  const held = build
    .select({ one: sql`1` })
    .from(volumes)
    .where(and(eq(volumes.id, transfers.volume_id), eq(volumes.status, "awaiting-transfer")));
  const [, ended] = await db.write(
    once(
      build
        .update(volumes)
        .set({ status: "available", updated_at: now })
        .where(
          and(inArray(volumes.id, expired(transfers.volume_id)), eq(volumes.status, "awaiting-transfer")),
        ),
      build
        .update(transfers)
        .set({ deleted_at: now })
        // The clock goes on between two statements: an offer that has expired since waits for the next batch.
        .where(and(inArray(transfers.seq, expired(transfers.seq)), notExists(held)))
        .returning({ id: transfers.id }),
    ),
  );
  return ended.length;
}
