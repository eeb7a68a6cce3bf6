import type { Database } from "../db/database.ts";
import { expireStatements } from "./expire.sql.ts";

/** The number of transfers that one batch closes: a batch must not delay other writes for long. */
const BATCH_SIZE = 100;
/** The number of batches in one sweep; the next sweep closes the rest. */
const MAX_BATCHES = 100;

/**
 * Closes expired transfers, and makes their volumes `available`. No request waits for it: an expired transfer is
 * rejected at once. Any number of Workers may run it concurrently.
 *
 * @returns the number of transfers that were closed
 * @throws DatabaseUnavailable; the batches before stay committed
 */
export async function expireTransfers(db: Database): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const { closed } = await db.write(expireStatements(BATCH_SIZE));
    total += closed.length;
    if (closed.length < BATCH_SIZE) break;
  }
  return total;
}
