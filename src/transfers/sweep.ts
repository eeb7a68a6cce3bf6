import type { Config } from "../config/config.ts";
import type { Database } from "../db/engine/database.ts";
import { sweepRows } from "../db/statements/sweep.ts";
import { expireStatements, forgetKeysStatements, retentionStatements } from "./sweep.sql.ts";

/** The number of rows that one batch changes. */
const BATCH_SIZE = { expire: 100, delete: 500, forget: 500 };

/** The settings of a sweep, which are part of the configuration. */
interface SweepSettings extends Pick<Config, "historyRetentionMs"> {
  readonly events: Pick<Config["events"], "recorded">;
}

/** The numbers of transfers that a sweep has closed and deleted. */
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
  const expired = await sweepRows(BATCH_SIZE.expire, async (limit) => {
    const recorded = events.recorded ? 1 : undefined;
    const sweep_id = `req-${crypto.randomUUID()}`;
    return (await db.write(expireStatements({ sweep_id, limit, recorded }))).closed.length;
  });
  const deleted =
    historyRetentionMs === 0
      ? 0
      : await sweepRows(BATCH_SIZE.delete, async (limit) => {
          return (await db.write(retentionStatements(historyRetentionMs, limit))).deleted.length;
        });
  await sweepRows(BATCH_SIZE.forget, async (limit) => {
    return (await db.write(forgetKeysStatements(limit))).forgotten.length;
  });
  return { expired, deleted };
}
