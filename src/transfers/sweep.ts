import type { Config } from "../config/config.ts";
import type { Database } from "../db/engine/database.ts";
import { expireStatements } from "./expire.sql.ts";
import { forgetKeysStatements, retentionStatements } from "./retention.sql.ts";

/** The number of rows that one batch changes: a batch must not delay other writes for long. */
const BATCH_SIZE = { expire: 100, delete: 500, forget: 500 };
/** The number of batches of one kind in one sweep; the next sweep does the rest. */
const MAX_BATCHES = 100;

/** The settings of a sweep, which are part of the configuration. */
interface SweepSettings extends Pick<Config, "historyRetentionMs"> {
  readonly events: Pick<Config["events"], "recorded">;
}

/** What a sweep has done. */
interface Swept {
  readonly expired: number;
  readonly deleted: number;
}

/**
 * Closes expired transfers and makes their volumes `available`, deletes closed transfers that are older than
 * `HISTORY_RETENTION_DAYS`, and forgets idempotency keys after a day. No request waits for it: an expired transfer is
 * rejected at once. Any number of Workers may run it concurrently.
 *
 * @throws DatabaseUnavailable; the batches before stay committed
 */
export async function sweep(db: Database, { historyRetentionMs, events }: SweepSettings): Promise<Swept> {
  const expired = await repeat(BATCH_SIZE.expire, async (limit) => {
    const recorded = events.recorded ? 1 : undefined;
    const sweep_id = `req-${crypto.randomUUID()}`;
    return (await db.write(expireStatements({ sweep_id, limit, recorded }))).closed.length;
  });
  const deleted =
    historyRetentionMs === 0
      ? 0
      : await repeat(BATCH_SIZE.delete, async (limit) => {
          return (await db.write(retentionStatements(historyRetentionMs, limit))).deleted.length;
        });
  await repeat(BATCH_SIZE.forget, async (limit) => {
    return (await db.write(forgetKeysStatements(limit))).forgotten.length;
  });
  return { expired, deleted };
}

/** Runs batches until one finds fewer rows than its limit, and returns the number of rows. */
async function repeat(limit: number, run: (limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const count = await run(limit);
    total += count;
    if (count < limit) break;
  }
  return total;
}
