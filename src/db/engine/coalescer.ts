import { DatabaseUnavailable, type ExchangeResult } from "./driver.ts";
import { exchangeGroup, TIMED_OUT } from "./exchange.ts";
import { Failure, Group, type GroupLimits, type PendingBatch } from "./group.ts";

/** The limits of a coalescer. */
interface Limits extends GroupLimits {
  /** The number of exchanges in flight that keep the database busy. */
  readonly exchanges: number;
  /** The number of all exchanges in flight, with those that wait for the network. */
  readonly allExchanges: number;
  /** The number of exchanges of one project in flight. Projects take turns then. Undefined for any. */
  readonly perProject?: number;
  /** The age from which an exchange is taken to wait for the network, milliseconds; undefined for none. */
  readonly youngMs?: number;
  /**
   * If no exchange has ever been faster than this, milliseconds, the database is far away, and all exchanges in flight
   * are taken to wait for the network; undefined for never.
   */
  readonly distantMs?: number;
  /**
   * The time after which an exchange no longer counts as in flight, and a batch waits no more, milliseconds; undefined
   * where the runtime terminates no request.
   */
  readonly leaseMs: number | undefined;
  /** Is called with the number of batches of each group. */
  readonly onGroup?: (batches: number) => void;
}

/** The end of a batch's wait: it leads the next group, or gets the result of a group that another one leads. */
type Role = { readonly leads: Lease } | { readonly result: ExchangeResult };

interface WaitingBatch extends PendingBatch {
  readonly role: PromiseWithResolvers<Role>;
  /** Milliseconds since the epoch. One that still waits then is of a request that was terminated. */
  readonly waitsUntil: number;
  /** After this time it is no longer sent: there would be no time to find out what became of it. */
  readonly sentUntil: number;
}

/** The answers that a batch must have time for when it is sent: a lost one, a lost one to the question, and another. */
const ANSWERS_LEFT = 3;

/** An exchange in flight, or about to be sent. Times are in milliseconds since the epoch. */
interface Lease {
  readonly project: string;
  readonly startedAt: number;
  endsAt: number;
}

/** The time in which a batch that is chosen to lead a group sends it, and after which those that wait look, milliseconds. */
const CLAIM_MS = 500;

/**
 * Gathers batches that wait for the database into groups. A group is one exchange and one transaction, with the batches
 * in order of arrival.
 *
 * A batch that finds an exchange free is sent at once, by itself. The others wait. When an exchange ends, or a batch
 * arrives while one is free, the first that waits leads the next group: its request sends the group, because workerd
 * cancels I/O that was started in the context of a request whose response has been sent. An exchange whose answer is
 * lost ends when it is known what has become of it.
 *
 * Where projects take turns, the batches of a project move behind those of the others whenever one of them is sent.
 */
export class Coalescer {
  readonly #limits: Limits;
  readonly #inFlight = new Set<Lease>();
  #waiting: WaitingBatch[] = [];
  /** The time of the fastest exchange, milliseconds, which load does not change; undefined before the first. */
  #fastestMs: number | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * Runs the statements of a batch, alone or in a group.
   *
   * @throws DatabaseUnavailable if the exchange failed; `inDoubt` says whether the statements may have been committed
   * @throws the error of one of the batch's own statements
   */
  async run(batch: PendingBatch): Promise<ExchangeResult> {
    this.#expireLeases();
    if (this.#waiting.length === 0 && this.#isFree() && this.#mayBegin(batch))
      return this.#send(new Group(this.#limits, batch), [], this.#reserve(batch, this.#limits.leaseMs));
    const { leaseMs = Number.POSITIVE_INFINITY, answerMs = 0 } = this.#limits;
    const waitsUntil = Date.now() + leaseMs;
    const waiting: WaitingBatch = {
      ...batch,
      role: Promise.withResolvers<Role>(),
      waitsUntil,
      sentUntil: waitsUntil - ANSWERS_LEFT * answerMs,
    };
    this.#waiting.push(waiting);
    this.#wakeNext();
    const stopWatching = this.#watchLeases();
    const leave = () => {
      stopWatching();
      this.#remove(waiting);
    };
    batch.signal.addEventListener("abort", leave, { once: true });
    const role = await waiting.role.promise.finally(stopWatching);
    batch.signal.removeEventListener("abort", leave);
    if ("result" in role) return role.result;
    role.leads.endsAt = Date.now() + leaseMs;
    if (batch.signal.aborted || Date.now() > waiting.sentUntil) {
      this.#release(role.leads);
      throw new DatabaseUnavailable(TIMED_OUT, { inDoubt: false });
    }
    const group = new Group(this.#limits, batch);
    return this.#send(group, this.#addFollowers(group), role.leads);
  }

  /** Ends the leases of exchanges that have not ended in time. */
  #expireLeases(): void {
    const now = Date.now();
    for (const lease of this.#inFlight) {
      // workerd can terminate the request that sends a group at any time. None of its code runs then, `finally` included.
      if (now >= lease.endsAt) this.#inFlight.delete(lease);
    }
  }

  /**
   * Ends leases in time while a batch waits: no other request may arrive to do so. Each batch has a timer of its own,
   * since workerd ends a timer with its request.
   *
   * @returns ends the watch
   */
  #watchLeases(): () => void {
    if (this.#limits.leaseMs === undefined) return () => {};
    let stop = () => {};
    const look = () => {
      this.#expireLeases();
      this.#wakeNext();
      watch();
    };
    const watch = () => {
      const now = Date.now();
      const next = Math.min(...[...this.#inFlight].map(({ endsAt }) => endsAt), now + CLAIM_MS);
      const timer = setTimeout(look, Math.max(1, next - now));
      stop = () => clearTimeout(timer);
    };
    watch();
    return () => stop();
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

  /** Returns whether the project of a batch may have another exchange in flight. */
  #mayBegin({ project }: PendingBatch): boolean {
    const { perProject } = this.#limits;
    if (perProject === undefined) return true;
    let own = 0;
    for (const lease of this.#inFlight) if (lease.project === project) own++;
    return own < perProject;
  }

  #reserve({ project }: PendingBatch, ms = Number.POSITIVE_INFINITY): Lease {
    const now = Date.now();
    const lease = { project, startedAt: now, endsAt: now + ms };
    this.#inFlight.add(lease);
    return lease;
  }

  /**
   * Sends a group in the context of its leader's request.
   *
   * @returns the leader's result
   */
  async #send(group: Group, followers: readonly WaitingBatch[], lease: Lease): Promise<ExchangeResult> {
    const { leader } = group;
    const release = () => this.#release(lease);
    leader.signal.addEventListener("abort", release, { once: true });
    this.#limits.onGroup?.(followers.length + 1);
    try {
      const results = await exchangeGroup(group);
      if ([...results.values()].some((result) => !(result instanceof Failure))) this.#measure(lease);
      for (const follower of followers) settle(follower, results.get(follower));
      const own = results.get(leader) ?? NO_RESULT;
      if (own instanceof Failure) throw own.error;
      return own;
    } finally {
      leader.signal.removeEventListener("abort", release);
      release();
    }
  }

  #measure({ startedAt }: Lease): void {
    this.#fastestMs = Math.min(this.#fastestMs ?? Number.POSITIVE_INFINITY, Date.now() - startedAt);
  }

  /** Ends an exchange: the first batch that waits leads the next group. */
  #release(lease: Lease): void {
    if (this.#inFlight.delete(lease)) this.#wakeNext();
  }

  /** Lets the first batch that waits, and whose project may begin, lead the next group, if an exchange is free. */
  #wakeNext(): void {
    if (!this.#isFree()) return;
    const next = this.#takeNext();
    if (next === undefined) return;
    // Projects take turns: the other batches of this one now wait behind those of the others.
    if (this.#limits.perProject !== undefined) {
      const isOwn = ({ project }: WaitingBatch) => Number(project === next.project);
      this.#waiting.sort((a, b) => isOwn(a) - isOwn(b));
    }
    next.role.resolve({ leads: this.#reserve(next, this.#limits.leaseMs && CLAIM_MS) });
  }

  /** Removes the first batch that waits and whose project may begin, and returns it. */
  #takeNext(): WaitingBatch | undefined {
    for (;;) {
      const next = this.#waiting.find((batch) => this.#mayBegin(batch));
      if (next === undefined) return undefined;
      this.#remove(next);
      // One whose time is over is of a request that was terminated: others remove their own batch.
      if (next.waitsUntil > Date.now()) return next;
    }
  }

  /** Adds the waiting batches that fit into a group, in the order in which they wait, and returns them. */
  #addFollowers(group: Group): WaitingBatch[] {
    const { key } = group.leader;
    const fits = (batch: WaitingBatch) =>
      batch.key === key && Date.now() <= batch.sentUntil && group.add(batch);
    const added = new Set(this.#waiting.filter(fits));
    this.#waiting = this.#waiting.filter((batch) => !added.has(batch));
    return [...added];
  }

  #remove(waiting: WaitingBatch): void {
    const place = this.#waiting.indexOf(waiting);
    if (place >= 0) this.#waiting.splice(place, 1);
  }
}

const NO_RESULT = new Failure(new Error("a batch of a group has no result"));

function settle({ role }: WaitingBatch, result: ExchangeResult | Failure = NO_RESULT): void {
  if (result instanceof Failure) role.reject(result.error);
  else role.resolve({ result });
}
