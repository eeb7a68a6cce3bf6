import { DatabaseUnavailable, type ExchangeResult } from "./driver.ts";
import { exchangeGroup, Failure, TIMED_OUT } from "./exchange.ts";
import { Group, type GroupLimits, type Request } from "./group.ts";

/** The limits of a coalescer. */
interface Limits extends GroupLimits {
  /** The number of exchanges in flight that are taken to keep the database busy. */
  readonly exchanges: number;
  /** The number of all exchanges in flight. The others wait for the network. */
  readonly allExchanges: number;
  /** The age from which an exchange is taken to wait for the network, milliseconds; undefined for none. */
  readonly youngMs?: number;
  /** If no exchange has ever been faster, milliseconds, the database is far away, and all wait for the network. */
  readonly distantMs?: number;
  /** The time after which an exchange no longer counts as in flight, milliseconds. */
  readonly leaseMs: number;
  /** Is called with the number of requests of each group. */
  readonly onGroup?: (requests: number) => void;
}

/** What a waiting request is told: to send a group, or the result of a group that another request has sent. */
type Turn = { readonly lease: Lease } | { readonly result: ExchangeResult };

interface Waiting extends Request {
  readonly settle: PromiseWithResolvers<Turn>;
}

/** An exchange in flight. */
interface Lease {
  readonly startedAt: number;
}

/**
 * Combines requests that wait for the database into groups. A group is one exchange and one transaction, with the
 * requests in order of arrival.
 *
 * A request that finds an exchange free is sent at once, by itself. The others wait. When an exchange ends, or a request
 * arrives while one is free, the first that waits sends the next group in its own context, because workerd cancels I/O
 * that was started in the context of a request whose response has been sent.
 */
export class Coalescer {
  readonly #limits: Limits;
  readonly #inFlight = new Set<Lease>();
  readonly #waiting: Waiting[] = [];
  /** The time of the fastest exchange, milliseconds; undefined before the first. It never grows: load is no distance. */
  #fastestMs: number | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * Runs the statements of a request, alone or in a group.
   *
   * @throws DatabaseUnavailable if the exchange failed; the statements may have been committed
   * @throws the error of one of the request's own statements
   */
  async run(request: Request): Promise<ExchangeResult> {
    this.#expireLeases();
    if (this.#waiting.length === 0 && this.#isFree())
      return this.#send(request, new Group(this.#limits, request), [], this.#reserve());
    const waiting: Waiting = { ...request, settle: Promise.withResolvers<Turn>() };
    this.#waiting.push(waiting);
    this.#wakeNext();
    const leave = () => this.#remove(waiting);
    request.signal.addEventListener("abort", leave, { once: true });
    const turn = await waiting.settle.promise;
    request.signal.removeEventListener("abort", leave);
    if ("result" in turn) return turn.result;
    if (request.signal.aborted) {
      this.#release(turn.lease);
      throw new DatabaseUnavailable(TIMED_OUT);
    }
    const group = new Group(this.#limits, request);
    return this.#send(request, group, this.#fill(group, request.key), turn.lease);
  }

  /** Ends the leases of exchanges that have not ended in time. */
  #expireLeases(): void {
    const now = Date.now();
    for (const lease of this.#inFlight) {
      // workerd can cancel the request that sends a group at any time. None of its code runs then, `finally` included.
      if (now - lease.startedAt >= this.#limits.leaseMs) this.#inFlight.delete(lease);
    }
  }

  #isFree(): boolean {
    const { exchanges, allExchanges, youngMs, distantMs } = this.#limits;
    if (this.#inFlight.size >= allExchanges) return false;
    if (distantMs !== undefined && this.#fastestMs !== undefined && this.#fastestMs >= distantMs) return true;
    if (youngMs === undefined) return this.#inFlight.size < exchanges;
    const now = Date.now();
    let young = 0;
    for (const { startedAt } of this.#inFlight) if (now - startedAt < youngMs) young++;
    return young < exchanges;
  }

  #reserve(): Lease {
    const lease = { startedAt: Date.now() };
    this.#inFlight.add(lease);
    return lease;
  }

  /** Sends a group in the context of its first request. */
  async #send(
    first: Request,
    group: Group,
    others: readonly Waiting[],
    lease: Lease,
  ): Promise<ExchangeResult> {
    const release = () => this.#release(lease);
    first.signal.addEventListener("abort", release, { once: true });
    this.#limits.onGroup?.(others.length + 1);
    try {
      const results = await exchangeGroup(first, group);
      if ([...results.values()].some((result) => !(result instanceof Failure))) this.#measure(lease);
      for (const other of others) settle(other, results.get(other));
      const own = results.get(first) ?? NO_RESULT;
      if (own instanceof Failure) throw own.error;
      return own;
    } finally {
      first.signal.removeEventListener("abort", release);
      release();
    }
  }

  #measure({ startedAt }: Lease): void {
    this.#fastestMs = Math.min(this.#fastestMs ?? Number.POSITIVE_INFINITY, Date.now() - startedAt);
  }

  /** Ends an exchange: the first request that waits sends the next group. */
  #release(lease: Lease): void {
    if (this.#inFlight.delete(lease)) this.#wakeNext();
  }

  /** Lets the first request that waits send the next group, if an exchange is free. */
  #wakeNext(): void {
    if (!this.#isFree()) return;
    const next = this.#waiting.shift();
    next?.settle.resolve({ lease: this.#reserve() });
  }

  /** Adds the waiting requests that fit into a group, in order of arrival, and returns them. */
  #fill(group: Group, key: string): Waiting[] {
    const added: Waiting[] = [];
    for (const waiting of [...this.#waiting]) {
      if (waiting.key !== key) continue;
      if (!group.add(waiting)) break;
      added.push(waiting);
      this.#remove(waiting);
    }
    return added;
  }

  #remove(waiting: Waiting): void {
    const place = this.#waiting.indexOf(waiting);
    if (place >= 0) this.#waiting.splice(place, 1);
  }
}

/** The result of a request that a group has forgotten. */
const NO_RESULT = new Failure(new Error("a request of a group has no result"));

function settle(waiting: Waiting, result: ExchangeResult | Failure = NO_RESULT): void {
  if (result instanceof Failure) waiting.settle.reject(result.error);
  else waiting.settle.resolve({ result });
}
