import type { Config } from "../../config/config.ts";
import { type Database, database } from "./database.ts";

/** Limits concurrency. Waiting callers run first in, first out. */
class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/** Cloudflare limits the connections that an invocation has open at once to six. One is left free. */
const MAX_CONNECTIONS = 5;
/** Cloudflare limits the queries of an invocation to 1,000, those of requests in the same groups included. */
const MAX_QUERIES = { delivery: 500, sweep: 300 };

/** The kinds of background work. None can use the queries of another. */
type Work = keyof typeof MAX_QUERIES;

/**
 * The limits of the background work of one invocation of the Worker, in all regions together. Work beyond them waits
 * here, where no timeout of an endpoint has begun.
 */
export class Invocation {
  /** The number of requests to other hosts that may be sent at once, for each region. */
  readonly sendsPerRegion: number;
  readonly #sends: Semaphore;
  readonly #exchanges: Semaphore;
  readonly #queriesLeft: Record<Work, number> = { ...MAX_QUERIES };

  /** @param regions the number of regions whose work runs at once */
  constructor(regions = 1) {
    // The database of a region that is away must not hold up the other regions.
    const exchanges = Math.min(regions, 2);
    const sends = MAX_CONNECTIONS - exchanges;
    this.sendsPerRegion = sends / regions;
    this.#exchanges = new Semaphore(exchanges);
    this.#sends = new Semaphore(sends);
  }

  /** Runs work that sends one request to another host. */
  send<T>(work: () => Promise<T>): Promise<T> {
    return this.#sends.run(work);
  }

  /** Returns whether work may still send queries to databases. */
  hasQueries(work: Work): boolean {
    return this.#queriesLeft[work] > 0;
  }

  /** Opens the database of a region for work whose queries are counted. */
  database(config: Config, work: Work): Database {
    const { read, write, ...db } = database(config);
    // D1 counts statements; other databases get one request for each batch.
    const limited =
      (run: Database["write"]): Database["write"] =>
      (batch) => {
        this.#queriesLeft[work] -= config.database.kind === "d1" ? batch.statements.length : 1;
        return this.#exchanges.run(() => run(batch));
      };
    return { ...db, read: limited(read), write: limited(write) };
  }
}
