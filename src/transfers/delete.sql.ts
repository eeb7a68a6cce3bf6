import { and, eq } from "drizzle-orm";
import { build, type Given, prepared } from "../db/batch.ts";
import type { Database } from "../db/database.ts";
import { now, transfers, volumes } from "../db/schema.ts";
import { projectOf, type Scope } from "../db/scope.ts";
import { liveTransfer } from "./transfer.sql.ts";

interface Deletion {
  readonly id: string;
  readonly project_id: string | undefined;
  readonly request_id: string;
}

const deletion = prepared(({ value, optional }: Given<Deletion>) => [
  build
    .update(transfers)
    .set({ deleted_at: now, closed_by_request: value("request_id") })
    .where(liveTransfer(value("id"), optional("project_id")))
    .returning({ id: transfers.id }),
  build
    .update(volumes)
    .set({ status: "available", updated_at: now })
    .where(
      and(
        eq(
          volumes.id,
          build
            .select({ id: transfers.volume_id })
            .from(transfers)
            .where(and(eq(transfers.id, value("id")), eq(transfers.closed_by_request, value("request_id")))),
        ),
        eq(volumes.status, "awaiting-transfer"),
      ),
    ),
]);

/**
 * Withdraws an offer: closes the transfer and makes the volume `available` again. A volume whose status something
 * else has changed meanwhile keeps that.
 *
 * @param request_id marks the transfer as closed by this request
 * @returns whether there was such an offer within the scope
 */
export async function deleteTransfer(
  db: Database,
  id: string,
  scope: Scope,
  request_id: string,
): Promise<boolean> {
  const [deleted] = await db.write(deletion({ id, project_id: projectOf(scope), request_id }));
  return deleted.length > 0;
}
