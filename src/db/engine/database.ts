import { type Config, perConfig } from "../../config/config.ts";
import { metrics } from "../../metrics/metrics.ts";
import { Coalescer } from "./coalescer.ts";
import { d1Driver } from "./d1.ts";
import {
  type Batch,
  DatabaseUnavailable,
  type Driver,
  type Exchange,
  isLocked,
  type Mode,
  type Row,
  type Statement,
  toDatabaseError,
} from "./driver.ts";
import { TIMED_OUT } from "./exchange.ts";
import { libsqlDriver } from "./libsql.ts";

/** Runs batches, each as one transaction in one round trip. */
export interface Database {
  /** Runs a batch that only reads. If it fails it is retried once. */
  readonly read: <Result>(batch: Batch<Result>) => Promise<Result>;
  /**
   * Runs a batch that writes. If the answer is lost, the batch's evidence decides whether it has taken effect. If not, it
   * is run once more.
   */
  readonly write: <Result>(batch: Batch<Result>) => Promise<Result>;
  /** Returns D1's bookmark of the latest batch; undefined before the first, and on libSQL. */
  readonly bookmark: () => string | undefined;
  /** Returns the time that the batches have taken, milliseconds, with their wait for a group; undefined before the first. */
  readonly elapsedMs: () => number | undefined;
}

/** Shared by the requests of one configuration. */
interface Shared {
  /** Not of use for D1, where each request has a session of its own. */
  readonly driver: Driver;
  /** `read` is undefined for a file: its reads return before others could wait for them. */
  readonly lanes: Readonly<Record<Mode | "large", Coalescer | undefined>>;
  /** Are called after each batch that writes. */
  readonly onCommit: Set<() => void>;
}

/**
 * D1 limits the statements of a Worker's invocation (50 on the free plan); a libSQL server limits the size of a request,
 * and that of a response to 10 MB.
 */
const GROUP_LIMITS = {
  // One statement is left for `assertUnfenced`.
  d1: { batches: 32, statements: 49, characters: 500_000, resultBytes: 4_000_000 },
  file: { batches: 128, statements: 1500, characters: 2_000_000, resultBytes: 4_000_000 },
  libsql: { batches: 128, statements: 1500, characters: 2_000_000, resultBytes: 4_000_000 },
} as const;
/** The most bytes of a batch whose size is not stated: one row with all metadata that it may have. */
const ROW_BYTES = 120_000;
/** The bytes from which a result is large: more than 300 rows, or more than 30 that may have metadata. */
const LARGE_BYTES = 600_000;
/**
 * A second exchange of reads is prepared while the database runs the first. More of them are sent only where the
 * network takes longer than the database. A second exchange of writes would only wait for the database's write lock, so
 * there is one, or two if the database is far away.
 */
const EXCHANGES = {
  read: { exchanges: 2, allExchanges: 8, youngMs: 10, sharesResults: true },
  write: { exchanges: 1, allExchanges: 2, distantMs: 20, sharesResults: false },
} as const satisfies Readonly<Record<Mode, object>>;
/**
 * Reads with large results have exchanges of their own, one for each: they take long, in the database and in this
 * instance, and others must not wait for them. A project never has all of these exchanges. A few equal reads share one.
 */
const LARGE = {
  d1: { batches: 4, exchanges: 4, allExchanges: 4, perProject: 2, sharesResults: true },
  // They run in the thread that also answers the requests.
  file: { batches: 1, exchanges: 1, allExchanges: 1, perProject: 1, sharesResults: false },
  libsql: { batches: 4, exchanges: 4, allExchanges: 4, perProject: 2, sharesResults: true },
} as const;

/** The part of a request's time after which an answer counts as lost: enough of it remains to find out, and to run again. */
const ANSWER_PART = 1 / 8;

const sharedOf = perConfig(({ database, databaseTimeoutMs, metricsToken }: Config): Shared => {
  const lane = (mode: Mode, limits: (typeof EXCHANGES)[Mode] | (typeof LARGE)["d1" | "file"]) =>
    new Coalescer({
      ...GROUP_LIMITS[database.kind],
      ...limits,
      // Nothing terminates a request in the process of the host.
      leaseMs: database.kind === "file" ? undefined : databaseTimeoutMs,
      // A file answers in the order of the questions. A read may be lost.
      answerMs: database.kind === "file" || mode === "read" ? undefined : databaseTimeoutMs * ANSWER_PART,
      ...(metricsToken !== undefined && {
        onGroup: (batches) => metrics.groupRequests.observe({ mode }, batches),
      }),
    });
  const lanes = {
    read: database.kind === "file" ? undefined : lane("read", EXCHANGES.read),
    large: lane("read", LARGE[database.kind]),
    write: lane("write", EXCHANGES.write),
  };
  return { driver: driverOf(database), lanes, onCommit: new Set() };
});

/**
 * Calls a function after each batch of this process that writes to the configured database, even one that has failed.
 *
 * @returns removes the function
 */
export function onCommit(config: Config, listener: () => void): () => void {
  const { onCommit } = sharedOf(config);
  onCommit.add(listener);
  return () => {
    onCommit.delete(listener);
  };
}

function driverOf(database: Config["database"]): Driver {
  switch (database.kind) {
    case "d1":
      return d1Driver(database.binding);
    case "file":
      return database.driver;
    case "libsql":
      return libsqlDriver(database);
  }
}

/**
 * Opens the configured database, without I/O. Batches of concurrent requests share round trips and transactions. A
 * batch that fails, or takes longer than `databaseTimeoutMs`, throws `DatabaseUnavailable`, which says whether it may
 * have taken effect.
 *
 * @param bookmark a bookmark of D1 from an earlier response: a replica that is at least as new may answer reads.
 *   Without one the primary does, so that every client reads its own writes.
 * @throws ConfigurationError if libSQL's client rejects the URL
 * @example
 * const { transfer } = await database(config).read(showStatements({ id, project_id }));
 */
export function database(config: Config, bookmark?: string): Database {
  const { driver, lanes, onCommit } = sharedOf(config);
  const session =
    config.database.kind === "d1"
      ? config.database.binding.withSession(bookmark ?? "first-primary")
      : undefined;
  const connection = session === undefined ? driver : d1Driver(session);
  let latest: string | undefined;
  let elapsedMs: number | undefined;
  const run =
    (mode: Mode): Database["read"] =>
    async ({ statements, read, evidence, maxBytes = ROW_BYTES, project = "" }) => {
      const isLarge = mode === "read" && maxBytes > LARGE_BYTES;
      const exchange: Exchange = async (statements, signal) => {
        if (isLarge) await connection.pause?.();
        // Of the requests that time out together, each would otherwise read after it was answered.
        if (signal?.aborted) throw new DatabaseUnavailable(TIMED_OUT, { inDoubt: false });
        const rows = await runWithRetries(connection, statements, mode, signal);
        // The response to a large result takes as long to make as the read.
        if (isLarge) await connection.pause?.();
        return { rows, bookmark: session?.getBookmark() ?? undefined };
      };
      const started = performance.now();
      const fate = { inDoubt: false };
      try {
        const lane = lanes[isLarge ? "large" : mode];
        const key = latest ?? bookmark ?? "";
        const result = await (lane === undefined
          ? exchange(statements)
          : withTimeout(
              config.databaseTimeoutMs,
              (signal) => lane.run({ statements, exchange, key, signal, evidence, fate, maxBytes, project }),
              () => mode === "write" && fate.inDoubt,
            ));
        latest = result.bookmark;
        return read(result.rows);
      } finally {
        elapsedMs = (elapsedMs ?? 0) + performance.now() - started;
        if (mode === "write") for (const listener of onCommit) listener();
      }
    };
  return { read: run("read"), write: run("write"), bookmark: () => latest, elapsedMs: () => elapsedMs };
}

/** The number of attempts, the first included. */
const MAX_ATTEMPTS: Readonly<Record<"read" | "locked", number>> = { read: 2, locked: 5 };
/** The delay before the second attempt, milliseconds; before the third it is twice as long, and so on. */
const RETRY_DELAY_MS = { read: 100, locked: 20 };

/** Runs statements, and retries where that is safe: they only read, or the database was locked before they began. */
async function runWithRetries(
  driver: Driver,
  statements: readonly Statement[],
  mode: Mode,
  signal?: AbortSignal,
): Promise<Row[][]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await driver.run(statements, mode);
    } catch (error) {
      const reason = isLocked(error) ? "locked" : mode;
      const failure = toDatabaseError(error, mode);
      if (!(failure instanceof DatabaseUnavailable) || reason === "write") throw failure;
      // A request that has timed out was answered already: its statements must not run now.
      if (attempt >= MAX_ATTEMPTS[reason] || signal?.aborted) throw failure;
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS[reason] * attempt));
    }
  }
}

async function withTimeout<T>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  isInDoubt: () => boolean,
): Promise<T> {
  const controller = new AbortController();
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = `the database has not answered within ${timeoutMs} ms`;
    reject(new DatabaseUnavailable(message, { inDoubt: isInDoubt() }));
    controller.abort();
  }, timeoutMs);
  try {
    return await Promise.race([work(controller.signal), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
