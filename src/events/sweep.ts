import type { Config } from "../config/config.ts";
import { database } from "../db/engine/database.ts";
import { sweepRows } from "../db/statements/sweep.ts";
import { deliverEvents } from "./deliver.ts";
import { endpointsOf } from "./endpoints.ts";
import { deleteRetriesStatements, retentionStatements } from "./sweep.sql.ts";

/** The number of events that one batch deletes. */
const BATCH_SIZE = 500;

/**
 * Delivers pending events: the Worker that committed them was stopped, or an endpoint failed.
 * Deletes events that are older than `EVENT_RETENTION_DAYS`. Any number of Workers may run it concurrently.
 *
 * @returns the number of events that were deleted
 * @throws DatabaseUnavailable; the batches before stay committed
 */
export async function sweepEvents(config: Config): Promise<number> {
  await deliverEvents(config);
  const db = database(config);
  const endpoints = (await endpointsOf(config)).map(({ id }) => id);
  const deleted = await sweepRows(BATCH_SIZE, async (limit) => {
    const { deleted } = await db.write(retentionStatements(config.events.retentionMs, endpoints, limit));
    return deleted.length;
  });
  if (deleted > 0) await db.write(deleteRetriesStatements());
  return deleted;
}
