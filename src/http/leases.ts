import { serviceUnavailable } from "./faults.ts";

/** Held by a request while it does something whose number is limited. */
export interface Lease {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
  /** Is called if a later request takes the lease over. */
  readonly displaced: (() => void) | undefined;
}

interface Limits {
  readonly total: number;
  /** The number of leases with the same key, such as a project; by default the total. */
  readonly perKey?: number;
  /** The time after which a lease that is not released ends, milliseconds. */
  readonly leaseMs: number;
  /** The message of the 503 beyond the limits. */
  readonly refusal: string;
}

/**
 * A semaphore: limits how many requests do something at once, in total and with the same key. A lease that is not
 * released ends after a time, since workerd can terminate a request without running its `finally`.
 *
 * @example
 * const validations = new Leases({ total: 32, leaseMs: 6000, refusal: "The service validates too many tokens." });
 * await validations.run("", () => validate(token));
 */
export class Leases {
  readonly #limits: Required<Limits>;
  /** In the order of their ends, since all last equally long. */
  readonly #active = new Set<Lease>();
  readonly #byKey = new Map<string, number>();

  constructor(limits: Limits) {
    this.#limits = { perKey: limits.total, ...limits };
  }

  /** Returns whether all leases are taken. */
  get full(): boolean {
    if (this.#isFull()) this.#expire();
    return this.#isFull();
  }

  /**
   * Runs work while it holds a lease.
   *
   * @throws Fault 503 if no lease is free
   */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (!this.#hasRoom(key)) this.#expire();
    if (!this.#hasRoom(key)) throw this.refused();
    const lease = this.#take(key, undefined);
    try {
      return await work();
    } finally {
      this.release(lease);
    }
  }

  /**
   * Takes a lease, that of the oldest holder if none is free: those who are quick are not stopped by those who are slow.
   *
   * @param displaced is called when a later request takes the lease over
   */
  takeFromOldest(key: string, displaced: () => void): Lease {
    if (!this.#hasRoom(key)) this.#expire();
    if ((this.#byKey.get(key) ?? 0) >= this.#limits.perKey) this.#displace((lease) => lease.key === key);
    if (this.#isFull()) this.#displace(() => true);
    return this.#take(key, displaced);
  }

  /** Releases a lease; one that has ended stays ended. */
  release(lease: Lease): void {
    if (!this.#active.delete(lease)) return;
    const left = (this.#byKey.get(lease.key) ?? 1) - 1;
    if (left === 0) this.#byKey.delete(lease.key);
    else this.#byKey.set(lease.key, left);
  }

  /** Makes the 503 of a request that gets no lease. */
  refused = () => serviceUnavailable(this.#limits.refusal);

  #isFull = (): boolean => this.#active.size >= this.#limits.total;

  #hasRoom = (key: string): boolean => !this.#isFull() && (this.#byKey.get(key) ?? 0) < this.#limits.perKey;

  #take(key: string, displaced: (() => void) | undefined): Lease {
    const lease = { key, endsAt: Date.now() + this.#limits.leaseMs, displaced };
    this.#active.add(lease);
    this.#byKey.set(key, (this.#byKey.get(key) ?? 0) + 1);
    return lease;
  }

  /** Ends the leases whose time is over. It runs only where a limit is reached, so it needs no timer. */
  #expire(): void {
    const now = Date.now();
    for (const lease of this.#active) {
      if (lease.endsAt > now) return;
      this.release(lease);
    }
  }

  #displace(isMeant: (lease: Lease) => boolean): void {
    for (const lease of this.#active) {
      if (!isMeant(lease)) continue;
      this.release(lease);
      lease.displaced?.();
      return;
    }
  }
}
