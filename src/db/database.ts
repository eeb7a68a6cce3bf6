import type { Config } from "../config.ts";
import type { Batch } from "./batch.ts";
import { d1Server } from "./d1.ts";
import {
  DatabaseUnavailable,
  isLocked,
  type Mode,
  type Row,
  type Server,
  type Statement,
  serverError,
} from "./driver.ts";
import { libsqlServer } from "./libsql.ts";

/** Runs statements. */
export interface Database {
  /** Runs statements that only read. If that fails they are run again, once. */
  readonly read: <Results>(batch: Batch<Results>) => Promise<Results>;
  /** Runs statements of which some write. If that fails they may have been run, and are not run again. */
  readonly write: <Results>(batch: Batch<Results>) => Promise<Results>;
  /** The state of D1 that the statements so far have seen or made; undefined before the first, and on libSQL. */
  readonly bookmark: () => string | undefined;
}

const servers = new WeakMap<Config, Server>();

/**
 * The configured database. Opening it does no I/O. What it does not do in `databaseTimeoutMs`, or cannot do now,
 * ends in `DatabaseUnavailable`.
 *
 * @param bookmark a state of D1, as an earlier request was told it: a replica that is as new may answer what only
 *   reads. Without one the primary does, so that whoever has written sees it.
 * @throws ConfigurationError where libSQL's client does not take the URL
 */
export function database(config: Config, bookmark?: string): Database {
  const { database, databaseTimeoutMs } = config;
  if (database.kind === "d1") {
    const session = database.binding.withSession(bookmark ?? "first-primary");
    return open(d1Server(session), databaseTimeoutMs, () => session.getBookmark() ?? undefined);
  }
  let server = servers.get(config);
  if (server === undefined) {
    server = libsqlServer(database);
    servers.set(config, server);
  }
  return open(server, databaseTimeoutMs, () => undefined);
}

const open = (server: Server, timeoutMs: number, bookmark: Database["bookmark"]): Database => {
  const run =
    (mode: Mode): Database["read"] =>
    async ({ statements, results }) =>
      results(await inTime(timeoutMs, (signal) => attempts(server, statements, mode, signal)));
  return { read: run("read"), write: run("write"), bookmark };
};

/** How often statements are run, at most. */
const ATTEMPTS: Readonly<Record<"read" | "locked", number>> = { read: 2, locked: 5 };
/** Milliseconds before the next attempt: a server that is being restarted, or writes, needs a moment. */
const PAUSE_MS = { read: 100, locked: 20 };

/**
 * Runs statements, and once more where that cannot do harm: they only read, or the server says that it has not even
 * begun.
 */
async function attempts(
  server: Server,
  statements: readonly Statement[],
  mode: Mode,
  signal: AbortSignal,
): Promise<Row[][]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await server.run(statements, mode, signal);
    } catch (error) {
      const again = isLocked(error) ? "locked" : mode;
      const failure = serverError(error);
      if (!(failure instanceof DatabaseUnavailable) || again === "write") throw failure;
      // What nobody waits for any more has been answered already: it must not be done now.
      if (attempt >= ATTEMPTS[again] || signal.aborted) throw failure;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS[again] * attempt));
    }
  }
}

async function inTime<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new DatabaseUnavailable(`the database has not answered in ${timeoutMs} ms`));
    controller.abort();
  }, timeoutMs);
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
