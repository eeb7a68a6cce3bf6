import type { Config } from "../config.ts";
import type { Batch } from "./batch.ts";
import { d1Driver } from "./d1.ts";
import {
  DatabaseUnavailable,
  type Driver,
  isLocked,
  type Mode,
  type Row,
  type Statement,
  toDatabaseError,
} from "./driver.ts";
import { libsqlDriver } from "./libsql.ts";

/** Runs batches, each as one transaction in one round trip. */
export interface Database {
  /** Runs a batch that only reads. If it fails it is retried once. */
  readonly read: <Result>(batch: Batch<Result>) => Promise<Result>;
  /** Runs a batch that writes. If it fails it may have been committed, and is not retried. */
  readonly write: <Result>(batch: Batch<Result>) => Promise<Result>;
  /** Returns D1's bookmark of the latest batch; undefined before the first, and on libSQL. */
  readonly bookmark: () => string | undefined;
}

const drivers = new WeakMap<Config, Driver>();

/**
 * Opens the configured database, without I/O. A batch that fails, or takes longer than `databaseTimeoutMs`, throws
 * `DatabaseUnavailable`.
 *
 * @param bookmark a bookmark of D1 from an earlier response: a replica that is at least as new may answer reads.
 *   Without one the primary does, so that every client reads its own writes.
 * @throws ConfigurationError if libSQL's client rejects the URL
 */
export function database(config: Config, bookmark?: string): Database {
  const { database, databaseTimeoutMs } = config;
  if (database.kind === "d1") {
    const session = database.binding.withSession(bookmark ?? "first-primary");
    return open(d1Driver(session), databaseTimeoutMs, () => session.getBookmark() ?? undefined);
  }
  let driver = drivers.get(config);
  if (driver === undefined) {
    driver = libsqlDriver(database);
    drivers.set(config, driver);
  }
  return open(driver, databaseTimeoutMs, () => undefined);
}

const open = (driver: Driver, timeoutMs: number, bookmark: Database["bookmark"]): Database => {
  const run =
    (mode: Mode): Database["read"] =>
    async ({ statements, read }) =>
      read(await withTimeout(timeoutMs, (signal) => runWithRetries(driver, statements, mode, signal)));
  return { read: run("read"), write: run("write"), bookmark };
};

/** The number of attempts, the first included. */
const MAX_ATTEMPTS: Readonly<Record<"read" | "locked", number>> = { read: 2, locked: 5 };
/** The delay before the second attempt, milliseconds; before the third it is twice as long, and so on. */
const RETRY_DELAY_MS = { read: 100, locked: 20 };

/** Runs statements, and retries where that is safe: they only read, or the database was locked before they began. */
async function runWithRetries(
  driver: Driver,
  statements: readonly Statement[],
  mode: Mode,
  signal: AbortSignal,
): Promise<Row[][]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await driver.run(statements, mode, signal);
    } catch (error) {
      const reason = isLocked(error) ? "locked" : mode;
      const failure = toDatabaseError(error);
      if (!(failure instanceof DatabaseUnavailable) || reason === "write") throw failure;
      // A request that has timed out was answered already: its statements must not run now.
      if (attempt >= MAX_ATTEMPTS[reason] || signal.aborted) throw failure;
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS[reason] * attempt));
    }
  }
}

async function withTimeout<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new DatabaseUnavailable(`the database has not answered within ${timeoutMs} ms`));
    controller.abort();
  }, timeoutMs);
  try {
    return await Promise.race([work(controller.signal), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
