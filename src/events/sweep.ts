import type { Config } from "../config/config.ts";
import { Invocation } from "../db/engine/invocation.ts";
import { sweepRows } from "../db/statements/sweep.ts";
import { endpointsOf } from "./endpoints.ts";
import { deleteRetriesStatements, retentionStatements } from "./sweep.sql.ts";

/**
 * Deletes events that are older than `EVENT_RETENTION_DAYS`. Any number of Workers may run it concurrently.
 *
 * @returns the number of events that were deleted
 * @throws DatabaseUnavailable; the batches before stay committed
 */
export async function sweepEvents(config: Config, invocation = new Invocation()): Promise<number> {
  const db = invocation.database(config, "sweep");
  const endpoints = (await endpointsOf(config)).map(({ id }) => id);
  const deleted = await sweepRows(invocation, async (limit) => {
    const { deleted } = await db.write(retentionStatements(config.events.retentionMs, endpoints, limit));
    return deleted.length;
  });
  if (deleted > 0) await db.write(deleteRetriesStatements());
  return deleted;
}
