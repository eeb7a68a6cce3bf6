import type { Config } from "../config/config.ts";
import { Invocation } from "../db/engine/invocation.ts";
import { errorFields, inRegion, logEvent } from "../http/log.ts";
import { roundStatements } from "./deliver.sql.ts";
import { Dispatcher } from "./dispatcher.ts";
import { type Endpoint, endpointsOf } from "./endpoints.ts";

/** The number of new events in a round, and of those whose time has come. */
const ROUND_SIZE = 50;
/** A Worker's work may go on for 30 seconds after the response, and the longest attempt takes ten. */
const MAX_RUN_MS = 15_000;

/** The deliveries of this instance of the Worker that are under way, by endpoint. */
interface Delivery {
  readonly startedAt: number;
  /** Whether events were committed since it began. */
  again: boolean;
}
const underWay = new WeakMap<Endpoint, Delivery>();

/**
 * Delivers the events that wait, to all endpoints at once. An endpoint that another delivery serves is left to that
 * one, in this instance of the Worker or in another.
 *
 * @throws nothing: a failure is logged, and the next delivery is the retry
 */
export async function deliverEvents(config: Config, invocation = new Invocation()): Promise<void> {
  const endpoints = await endpointsOf(config);
  const connections = Math.max(1, Math.floor(invocation.sendsPerRegion / endpoints.length));
  await Promise.all(endpoints.map((endpoint) => deliverTo(endpoint, config, invocation, connections)));
}

async function deliverTo(
  endpoint: Endpoint,
  config: Config,
  invocation: Invocation,
  connections: number,
): Promise<void> {
  const other = underWay.get(endpoint);
  // workerd can cancel a delivery at any time, and then none of its code runs, `finally` included.
  if (other !== undefined && Date.now() - other.startedAt < 2 * MAX_RUN_MS) {
    other.again = true;
    return;
  }
  const delivery: Delivery = { startedAt: Date.now(), again: true };
  underWay.set(endpoint, delivery);
  const end = delivery.startedAt + MAX_RUN_MS;
  try {
    while (delivery.again && hasMore(end, invocation)) {
      delivery.again = false;
      await runRounds(endpoint, config, invocation, connections, end);
    }
  } catch (error) {
    logEvent("event delivery interrupted", {
      ...inRegion(config),
      endpoint: endpoint.id,
      ...errorFields(error),
    });
  } finally {
    underWay.delete(endpoint);
  }
}

/** Returns whether a round may begin. */
const hasMore = (end: number, invocation: Invocation): boolean =>
  Date.now() < end && invocation.hasQueries("delivery");

/**
 * Runs rounds, each of one exchange with the database, until there is no work.
 *
 * @param end when no attempt begins any more, milliseconds since the epoch
 */
async function runRounds(
  endpoint: Endpoint,
  config: Config,
  invocation: Invocation,
  connections: number,
  end: number,
): Promise<void> {
  const { source, webhooks } = config.events;
  const db = invocation.database(config, "delivery");
  const leaseMs = 2 * webhooks.timeoutMs;
  const lease = {
    endpoint_id: endpoint.id,
    url: endpoint.url,
    lease_id: crypto.randomUUID(),
    lease_ms: leaseMs,
    retry_ms: webhooks.retryMs,
    due_limit: ROUND_SIZE,
  };
  const dispatcher = new Dispatcher(endpoint, { source, connections, leaseMs, invocation });
  let cursor = 0;
  for (;;) {
    const last = dispatcher.isStopped || !hasMore(end, invocation);
    if (last) await dispatcher.finish();
    const report = dispatcher.takeReport();
    const { retried, leased, taken, due } = await db.write(
      roundStatements({
        ...lease,
        new_limit: ROUND_SIZE - dispatcher.size,
        cursor,
        delivered: JSON.stringify(report.delivered),
        retries: JSON.stringify(report.retries),
        settled: JSON.stringify([...report.settled]),
        stopped: Number(dispatcher.isStopped),
        busy: Number(dispatcher.size > 0),
        last: Number(last),
      }),
    );
    // An attempt must not begin unless it ends within the lease.
    const until = Math.min(Date.now() + webhooks.timeoutMs, end);
    for (const { seq, dead_at } of retried) {
      if (dead_at !== null) logEvent("event dead", { endpoint: endpoint.id, seq });
    }
    // The lease was released because there is no work, or another Worker has it.
    if (!leased[0]?.lease_until) return;
    const fresh = taken.map(({ waits, ...event }) => ({ event, attempts: 0, waits }));
    const again = due.map(({ attempts, waits, ...event }) => ({ event, attempts, waits }));
    await dispatcher.run([...fresh, ...again], until);
    // Those of the events that were not delivered are in the next report.
    cursor = Math.max(cursor, taken.at(-1)?.seq ?? 0);
  }
}
