import { DatabaseUnavailable, type ExchangeResult } from "./driver.ts";
import { exchangeGroup, Failure, flushed, type Request, sizeOf, TIMED_OUT } from "./group.ts";

/** The limits of a coalescer. */
interface Limits {
  /** The number of exchanges in flight that are taken to keep the database busy. */
  readonly exchanges: number;
  /** The number of all exchanges in flight. The others wait for the network. */
  readonly allExchanges: number;
  /** The age from which an exchange is taken to wait for the network, milliseconds; undefined for none. */
  readonly youngMs?: number;
  /** If no exchange has ever been faster, milliseconds, the database is far away, and all wait for the network. */
  readonly distantMs?: number;
  /** The number of requests in a group. */
  readonly requests: number;
  /** The number of statements in a group; a single request may have more. */
  readonly statements: number;
  /** The size of the statements and values in a group, characters; a single request may have more. */
  readonly characters: number;
  /** Whether requests of a group with the same statements and values share a result: only reads may. */
  readonly sharesResults: boolean;
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
    if (this.#waiting.length === 0 && this.#isFree()) return this.#send(request, [], this.#reserve());
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
    return this.#send(request, this.#takeGroup(request), turn.lease);
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
  async #send(first: Request, others: readonly Waiting[], lease: Lease): Promise<ExchangeResult> {
    const release = () => this.#release(lease);
    first.signal.addEventListener("abort", release, { once: true });
    this.#limits.onGroup?.(others.length + 1);
    try {
      const committed = await exchangeGroup(first, others, this.#limits.sharesResults);
      if (committed.some((result) => !(result instanceof Failure))) this.#measure(lease);
      // The next group can commit while this one is put on disk.
      release();
      const [own, ...results] = await flushed(committed, first.flush);
      for (const [i, other] of others.entries()) {
        const result = results[i];
        if (result !== undefined) settle(other, result);
      }
      if (own instanceof Failure) throw own.error;
      if (own === undefined) throw new DatabaseUnavailable("the group has no result for a request");
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

  /** Takes the waiting requests that fit into a group with `first`, in order of arrival. */
  #takeGroup(first: Request): Waiting[] {
    const { requests, statements, characters } = this.#limits;
    const group: Waiting[] = [];
    let statementsLeft = statements - first.statements.length;
    let charactersLeft = characters - sizeOf(first);
    for (const waiting of [...this.#waiting]) {
      if (waiting.key !== first.key) continue;
      statementsLeft -= waiting.statements.length;
      charactersLeft -= sizeOf(waiting);
      if (group.length + 1 >= requests || statementsLeft < 0 || charactersLeft < 0) break;
      group.push(waiting);
      this.#remove(waiting);
    }
    return group;
  }

  #remove(waiting: Waiting): void {
    const place = this.#waiting.indexOf(waiting);
    if (place >= 0) this.#waiting.splice(place, 1);
  }
}

function settle(waiting: Waiting, result: ExchangeResult | Failure): void {
  if (result instanceof Failure) waiting.settle.reject(result.error);
  else waiting.settle.resolve({ result });
}
