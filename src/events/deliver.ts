import type { Config } from "../config/config.ts";
import { type Database, database } from "../db/engine/database.ts";
import { errorFields, logEvent } from "../http/log.ts";
import { type Retry, roundStatements } from "./deliver.sql.ts";
import { type Endpoint, endpointsOf, type Outcome } from "./endpoints.ts";
import type { EventRow } from "./list.sql.ts";
import { eventId } from "./list.ts";
import { cloudEvent } from "./views.ts";

/** The number of events in a round. */
const ROUND_SIZE = 50;
/** Workers limits the connections that a Worker opens at once to six, and one is the database's. */
const MAX_CONNECTIONS = 5;
/** A Worker's work may go on for 30 seconds after the response. */
const MAX_RUN_MS = 20_000;
/** The pause after the first failed attempt, and the longest, milliseconds. Each is four times the one before. */
const PAUSE_MS = { first: 5000, longest: 4 * 3_600_000 };

/** Returns the pause after a number of failed attempts, milliseconds, with jitter. */
export const pauseAfter = (attempts: number): number =>
  Math.round(Math.min(PAUSE_MS.first * 4 ** (attempts - 1), PAUSE_MS.longest) * (0.75 + Math.random() / 2));

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
export async function deliverEvents(config: Config): Promise<void> {
  const endpoints = await endpointsOf(config);
  const connections = Math.max(1, Math.floor(MAX_CONNECTIONS / endpoints.length));
  await Promise.all(endpoints.map((endpoint) => deliverTo(endpoint, config, connections)));
}

async function deliverTo(endpoint: Endpoint, config: Config, connections: number): Promise<void> {
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
    while (delivery.again && Date.now() < end) {
      delivery.again = false;
      await runRounds(database(config), endpoint, config, connections, end);
    }
  } catch (error) {
    logEvent("event delivery interrupted", {
      endpoint: endpoint.id,
      ...(error instanceof Error ? errorFields(error) : { error: String(error) }),
    });
  } finally {
    underWay.delete(endpoint);
  }
}

/** An event to send. */
interface Pending {
  readonly event: EventRow;
  /** The number of attempts so far. */
  readonly attempts: number;
  /** Whether it was taken by an earlier round. */
  readonly is_due: boolean;
  /** Whether an earlier event of its volume waits for another attempt. */
  readonly is_behind: boolean;
}

/** The outcome of a round. */
interface RoundResult {
  readonly delivered: number[];
  readonly retries: Retry[];
  stopped: boolean;
}

/** Runs rounds, each of one exchange with the database, until there is no work or no time. */
async function runRounds(
  db: Database,
  endpoint: Endpoint,
  { events: { source, webhooks } }: Config,
  connections: number,
  end: number,
): Promise<void> {
  const lease = {
    endpoint_id: endpoint.id,
    url: endpoint.url,
    lease_id: crypto.randomUUID(),
    lease_ms: 2 * webhooks.timeoutMs,
    retry_ms: webhooks.retryMs,
    limit: ROUND_SIZE,
  };
  let cursor = 0;
  let result: RoundResult = { delivered: [], retries: [], stopped: false };
  for (;;) {
    const last = result.stopped || Date.now() >= end;
    const { retried, taken, due } = await db.write(
      roundStatements({
        ...lease,
        cursor,
        delivered: JSON.stringify(result.delivered),
        retries: JSON.stringify(result.retries),
        stopped: Number(result.stopped),
        last: Number(last),
      }),
    );
    // A new attempt must not begin unless it ends within the lease.
    const roundEnd = Date.now() + webhooks.timeoutMs;
    for (const { seq, dead_at } of retried) {
      if (dead_at !== null) logEvent("event dead", { endpoint: endpoint.id, seq });
    }
    if (last || (taken.length === 0 && due.length === 0)) return;
    result = await sendRound(endpoint, source, connections, roundEnd, [
      ...due.map(({ attempts, ...event }) => ({ event, attempts, is_due: true, is_behind: false })),
      ...taken.map(({ is_behind, ...event }) => ({ event, attempts: 0, is_due: false, is_behind })),
    ]);
    // Those of the events that were not delivered are in `retries`.
    cursor = Math.max(cursor, taken.at(-1)?.seq ?? 0);
  }
}

/** Sends the events of a round: those of a volume one after the other, those of several volumes at once. */
async function sendRound(
  endpoint: Endpoint,
  source: string,
  connections: number,
  end: number,
  pending: readonly Pending[],
): Promise<RoundResult> {
  const result: RoundResult = { delivered: [], retries: [], stopped: false };
  /** Leaves events to the next round. Those that are due are in the table of retries already. */
  const leave = (events: readonly Pending[]) => {
    for (const { event, is_due } of events) {
      if (!is_due) result.retries.push({ seq: event.seq, attempts: 0, delay_ms: 0, error: null });
    }
  };
  leave(pending.filter(({ is_behind }) => is_behind));
  const volumes = Map.groupBy(
    pending.filter(({ is_behind }) => !is_behind),
    ({ event }) => event.volume_id,
  );
  const queue = [...volumes.values()];
  const work = async (): Promise<void> => {
    for (let events = queue.shift(); events !== undefined; events = queue.shift()) {
      for (const [i, one] of events.entries()) {
        const sent =
          !result.stopped && Date.now() < end ? await send(endpoint, source, one, result) : "unsent";
        if (sent === "delivered") continue;
        leave(events.slice(sent === "failed" ? i + 1 : i));
        break;
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return result;
}

/** Sends one event, and adds the outcome to the result of the round. */
async function send(
  endpoint: Endpoint,
  source: string,
  { event, attempts }: Pending,
  result: RoundResult,
): Promise<"delivered" | "failed" | "unsent"> {
  const { seq } = event;
  const outcome: Outcome = await endpoint.send(cloudEvent(event, source));
  if (outcome.kind === "delivered") {
    result.delivered.push(seq);
    return "delivered";
  }
  const { error } = outcome;
  if (outcome.kind === "gone") {
    if (!result.stopped) logEvent("event endpoint stopped", { endpoint: endpoint.id, error });
    result.stopped = true;
    return "unsent";
  }
  const failed = attempts + 1;
  result.retries.push({ seq, attempts: failed, delay_ms: pauseAfter(failed), error });
  logEvent("event delivery failed", {
    endpoint: endpoint.id,
    event_id: eventId(event),
    attempts: failed,
    error,
  });
  return "failed";
}
