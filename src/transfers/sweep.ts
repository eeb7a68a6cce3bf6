import type { Database } from "../db/engine/database.ts";
import { Invocation } from "../db/engine/invocation.ts";
import { sweepRows } from "../db/statements/sweep.ts";
import { deliverEvents } from "../events/deliver.ts";
import { sweepEvents } from "../events/sweep.ts";
import type { AppEnv, RequestContext } from "../http/context.ts";
import { inRegion, logEvent } from "../http/log.ts";
import { inEveryRegion } from "../http/region.ts";
import { sweepInCinder } from "./facade/sweep.ts";
import { expireStatements, forgetKeysStatements, retentionStatements } from "./sweep.sql.ts";

/** The settings of a sweep, which are part of the configuration. */
interface SweepSettings extends Pick<RequestContext["config"], "historyRetentionMs"> {
  readonly events: Pick<RequestContext["config"]["events"], "recorded">;
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
export async function sweep(
  db: Database,
  { historyRetentionMs, events }: SweepSettings,
  invocation = new Invocation(),
): Promise<Swept> {
  const expired = await sweepRows(invocation, async (limit) => {
    const recorded = events.recorded ? 1 : undefined;
    const sweep_id = `req-${crypto.randomUUID()}`;
    return (await db.write(expireStatements({ sweep_id, limit, recorded }))).closed.length;
  });
  const deleted =
    historyRetentionMs === 0
      ? 0
      : await sweepRows(invocation, async (limit) => {
          return (await db.write(retentionStatements(historyRetentionMs, limit))).deleted.length;
        });
  await sweepRows(invocation, async (limit) => {
    return (await db.write(forgetKeysStatements(limit))).forgotten.length;
  });
  return { expired, deleted };
}

/**
 * In every region: delivers events, closes expired transfers, and deletes old closed transfers and events.
 *
 * @throws Error of the region that failed, after the others are done
 */
export function sweepRegions(deployment: AppEnv["Variables"]["deployment"]): Promise<void> {
  const invocation = new Invocation(deployment.regions.length);
  return inEveryRegion(deployment, (config) => {
    // Begins first, and holds up nothing: an endpoint can be slow.
    const delivery = deliverEvents(config, invocation);
    return sweepRegion(config, invocation).finally(() => delivery);
  });
}

async function sweepRegion(config: RequestContext["config"], invocation: Invocation): Promise<void> {
  const { expired, deleted } = await sweep(invocation.database(config, "sweep"), config, invocation);
  await sweepInCinder(invocation.database(config, "sweep"), config);
  const events = await sweepEvents(config, invocation);
  if (expired > 0 || deleted > 0 || events > 0)
    logEvent("sweep", { ...inRegion(config), expired, deleted, events });
  if (expired > 0) await deliverEvents(config, invocation);
}
