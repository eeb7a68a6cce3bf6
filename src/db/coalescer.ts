import { DatabaseUnavailable, type Exchange, type ExchangeResult, type Statement } from "./driver.ts";

/** The limits of a coalescer. */
interface Limits {
  /** The number of exchanges in flight that are younger than `youngMs`. */
  readonly exchanges: number;
  /** The number of exchanges in flight of any age. Where the database is far away, most of them wait for the network. */
  readonly allExchanges: number;
  /** The age up to which an exchange is taken to keep the database busy, milliseconds. */
  readonly youngMs: number;
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

/** The statements of one request, and how to send them. */
interface Request {
  readonly statements: readonly Statement[];
  /** Runs statements in one exchange, in the context of this request. */
  readonly exchange: Exchange;
  /** Puts what an exchange has committed on disk, in the context of this request; undefined if nothing is to be done. */
  readonly flush?: (() => Promise<void>) | undefined;
  /** Only requests with the same key share an exchange. */
  readonly key: string;
  /** Is aborted when the request has timed out: it is then left out, if it has not been sent. */
  readonly signal: AbortSignal;
}

const TIMED_OUT = "the request timed out before its statements ran";

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
    const { exchanges, allExchanges, youngMs } = this.#limits;
    if (this.#inFlight.size >= allExchanges) return false;
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

/** The failure of one request, as a result of its group. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** Puts the results of a group on disk. If that fails no request of the group is acknowledged. */
async function flushed(
  results: readonly (ExchangeResult | Failure)[],
  flush: Request["flush"],
): Promise<readonly (ExchangeResult | Failure)[]> {
  if (flush === undefined || results.every((result) => result instanceof Failure)) return results;
  try {
    await flush();
    return results;
  } catch (cause) {
    const failure = new Failure(new DatabaseUnavailable("a commit may not be on disk", { cause }));
    return results.map((result) => (result instanceof Failure ? result : failure));
  }
}

function settle(waiting: Waiting, result: ExchangeResult | Failure): void {
  if (result instanceof Failure) waiting.settle.reject(result.error);
  else waiting.settle.resolve({ result });
}

/**
 * Runs a group as one transaction. If a statement of it fails, the transaction is rolled back, and the requests run one
 * by one, so that a request's failure is its own. If the exchange fails, each request fails, and none is run again:
 * the group may have been committed.
 *
 * @returns the result of each request
 */
async function exchangeGroup(
  first: Request,
  others: readonly Request[],
  sharesResults: boolean,
): Promise<(ExchangeResult | Failure)[]> {
  const group = [first, ...others];
  const { sent, places } = sharesResults ? distinct(group) : { sent: group, places: [...group.keys()] };
  try {
    const { rows, bookmark } = await first.exchange(
      sent.flatMap(({ statements }) => statements),
      first.signal,
    );
    let position = 0;
    const results = sent.map(({ statements }) => {
      const begin = position;
      position += statements.length;
      return { rows: rows.slice(begin, position), bookmark };
    });
    return places.map(
      (place) =>
        results[place] ?? new Failure(new DatabaseUnavailable("the group has no result for a request")),
    );
  } catch (error) {
    if (error instanceof DatabaseUnavailable || others.length === 0)
      return group.map(() => new Failure(error));
  }
  const results: (ExchangeResult | Failure)[] = [];
  for (const { statements, signal } of group) {
    results.push(
      signal.aborted
        ? new Failure(new DatabaseUnavailable(TIMED_OUT))
        : await first.exchange(statements, first.signal).catch((error: unknown) => new Failure(error)),
    );
  }
  return results;
}

/**
 * Returns the requests of a group that differ in their statements or values, and for each request of the group the
 * place of the one that is sent for it.
 */
function distinct(group: readonly Request[]): { readonly sent: Request[]; readonly places: number[] } {
  const sent: Request[] = [];
  const placeOf = new Map<string, number>();
  const places = group.map((request) => {
    const content = JSON.stringify(request.statements.map(({ sql, params }) => [sql, params]));
    const place = placeOf.get(content) ?? sent.push(request) - 1;
    placeOf.set(content, place);
    return place;
  });
  return { sent, places };
}

const sizeOf = ({ statements }: Request): number =>
  statements.reduce(
    (total, { sql, params }) =>
      params.reduce<number>(
        (sum, value) => sum + (typeof value === "string" ? value.length : 8),
        total + sql.length,
      ),
    0,
  );
