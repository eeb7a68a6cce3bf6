import type { Config } from "../config/config.ts";
import { database } from "../db/engine/database.ts";
import { deliverEvents } from "./deliver.ts";
import { endpointsOf } from "./endpoints.ts";
import { deleteRetriesStatements, retentionStatements } from "./sweep.sql.ts";

/** The number of events that one batch deletes: a batch must not delay other writes for long. */
const BATCH_SIZE = 500;
/** The number of batches in one sweep; the next sweep does the rest. */
const MAX_BATCHES = 100;

/**
 * Delivers the events that nobody has delivered: the Worker that committed them was stopped, or an endpoint failed.
 * Deletes events that are older than `EVENT_RETENTION_DAYS`. Any number of Workers may run it concurrently.
 *
 * @returns the number of events that were deleted
 * @throws DatabaseUnavailable; the batches before stay committed
 */
export async function sweepEvents(config: Config): Promise<number> {
  await deliverEvents(config);
  const db = database(config);
  const endpoints = (await endpointsOf(config)).map(({ id }) => id);
  let total = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const { deleted } = await db.write(retentionStatements(config.events.retentionMs, endpoints, BATCH_SIZE));
    total += deleted.length;
    if (deleted.length < BATCH_SIZE) break;
  }
  if (total > 0) await db.write(deleteRetriesStatements());
  return total;
}
