import type { Invocation } from "../db/engine/invocation.ts";
import { logEvent } from "../http/log.ts";
import type { Endpoint, Outcome } from "./endpoints.ts";
import type { EventRow } from "./list.sql.ts";
import { eventId } from "./list.ts";
import type { Retry } from "./retries.sql.ts";
import { cloudEvent } from "./views.ts";

/** How long a round waits for events that are being sent before it takes others, milliseconds. */
const PATIENCE_MS = 1000;
/** The pause after the first failed attempt, and the longest, milliseconds. Each is four times the one before. */
const PAUSE_MS = { first: 5000, longest: 4 * 3_600_000 };

/** Returns the pause after a number of failed attempts, milliseconds, with jitter. */
export const pauseAfter = (attempts: number): number =>
  Math.round(Math.min(PAUSE_MS.first * 4 ** (attempts - 1), PAUSE_MS.longest) * (0.75 + Math.random() / 2));

/** An event to send. */
interface Pending {
  readonly event: EventRow;
  /** The number of attempts that have failed. */
  readonly attempts: number;
  /** Whether it must wait for others. */
  readonly waits: boolean;
}

/** The outcomes of the events that were sent since the report before. */
interface Report {
  readonly delivered: number[];
  readonly retries: Retry[];
  /** The volumes of the events that were delivered or have failed. */
  readonly settled: Set<string>;
}

const emptyReport = (): Report => ({ delivered: [], retries: [], settled: new Set() });

/** How a dispatcher sends. */
interface Options {
  /** The `source` of the events. */
  readonly source: string;
  /** The number of events that may be sent at once. */
  readonly connections: number;
  /** How long an event that is being sent is kept from other Workers, milliseconds. */
  readonly leaseMs: number;
  readonly invocation: Invocation;
}

/**
 * Sends events to an endpoint, those of a volume one after the other, those of several volumes at once. An event that
 * takes long holds up its volume alone: a round ends while it is still being sent, and a project has all connections
 * but one.
 */
export class Dispatcher {
  readonly #endpoint: Endpoint;
  readonly #options: Options;
  /** The events of a round that are not being sent yet, by volume, in order. */
  readonly #waiting = new Map<string, Pending[]>();
  /** The events that are being sent, by volume, and whether it is stored that they are. */
  readonly #sending = new Map<string, Pending & { isStored: boolean }>();
  #report = emptyReport();
  #isStopped = false;
  #wake: () => void = () => {};

  constructor(endpoint: Endpoint, options: Options) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /** Whether the endpoint is gone. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** The number of events that are being sent. */
  get size(): number {
    return this.#sending.size;
  }

  /**
   * Sends the events of a round. Those that are not begun are left to later rounds.
   *
   * @param until when no attempt begins any more, milliseconds since the epoch
   */
  async run(events: readonly Pending[], until: number): Promise<void> {
    for (const pending of events) {
      if (pending.waits) this.#leave([pending], null);
      else this.#queueOf(pending.event.volume_id).push(pending);
    }
    const patienceEnd = Date.now() + PATIENCE_MS;
    for (;;) {
      this.#start(until);
      const end = this.size < this.#options.connections ? Math.min(patienceEnd, until) : until;
      if (this.size === 0 || Date.now() >= end) break;
      await this.#completion(end - Date.now());
    }
    for (const [volume, queue] of this.#waiting) {
      const [first, ...rest] = queue;
      if (first !== undefined) this.#leave([first], this.#sending.has(volume) ? null : 0);
      this.#leave(rest, null);
    }
    this.#waiting.clear();
  }

  /** Waits for the events that are being sent. */
  async finish(): Promise<void> {
    while (this.size > 0) await this.#completion(this.#options.leaseMs);
  }

  /** Returns the outcomes to store. An event that is being sent is stored too, in case that this Worker is stopped. */
  takeReport(): Report {
    const report = this.#report;
    this.#report = emptyReport();
    for (const pending of this.#sending.values()) {
      if (pending.isStored) continue;
      pending.isStored = true;
      report.retries.push(retry(pending, this.#options.leaseMs));
    }
    return report;
  }

  #queueOf(volume: string): Pending[] {
    const queue = this.#waiting.get(volume) ?? [];
    this.#waiting.set(volume, queue);
    return queue;
  }

  /** @param delay_ms null for events that wait for others */
  #leave(events: readonly Pending[], delay_ms: number | null): void {
    for (const pending of events) this.#report.retries.push(retry(pending, delay_ms));
  }

  #start(until: number): void {
    while (!this.#isStopped && this.size < this.#options.connections && Date.now() < until) {
      const next = this.#next();
      if (next === undefined) return;
      void this.#send(next, until);
    }
  }

  /** Returns an event of the project of which the fewest are being sent; of several, one that has not failed yet. */
  #next(): Pending | undefined {
    const busy = Map.groupBy(this.#sending.values(), ({ event }) => event.source_project_id);
    const sentOf = ({ event }: Pending) => busy.get(event.source_project_id)?.length ?? 0;
    const [next] = [...this.#waiting]
      .flatMap(([volume, [first]]) => (first === undefined || this.#sending.has(volume) ? [] : [first]))
      .sort((a, b) => sentOf(a) - sentOf(b) || Math.sign(a.attempts) - Math.sign(b.attempts));
    const isWithinShare = next !== undefined && sentOf(next) < Math.max(1, this.#options.connections - 1);
    return isWithinShare ? next : undefined;
  }

  /** Sends the first event of a volume. */
  async #send(pending: Pending, until: number): Promise<void> {
    const { volume_id } = pending.event;
    this.#queueOf(volume_id).shift();
    this.#sending.set(volume_id, { ...pending, isStored: false });
    const outcome = await this.#options.invocation.send(async () =>
      Date.now() < until
        ? await this.#endpoint.send(cloudEvent(pending.event, this.#options.source))
        : undefined,
    );
    this.#sending.delete(volume_id);
    if (outcome === undefined) this.#leave([pending], 0);
    else this.#settle(pending, outcome);
    this.#wake();
  }

  #settle(pending: Pending, outcome: Outcome): void {
    const { event, attempts } = pending;
    const { seq, volume_id } = event;
    if (outcome.kind === "delivered") {
      this.#report.delivered.push(seq);
      this.#report.settled.add(volume_id);
      return;
    }
    const { error } = outcome;
    const endpoint = this.#endpoint.id;
    if (outcome.kind === "gone") {
      if (!this.#isStopped) logEvent("event endpoint stopped", { endpoint, error });
      this.#isStopped = true;
      this.#leave([pending], 0);
      return;
    }
    const failed = attempts + 1;
    this.#report.retries.push({ seq, attempts: failed, delay_ms: pauseAfter(failed), error });
    this.#report.settled.add(volume_id);
    logEvent("event delivery failed", { endpoint, event_id: eventId(event), attempts: failed, error });
    this.#leave(this.#queueOf(volume_id), null);
    this.#waiting.delete(volume_id);
  }

  /** Waits until an event was sent, or for a time, milliseconds. */
  async #completion(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
  }
}

/** Returns the row of an event that is not sent now. */
const retry = ({ event: { seq }, attempts }: Pending, delay_ms: number | null): Retry => ({
  seq,
  attempts,
  delay_ms,
  error: null,
});
