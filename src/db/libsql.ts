import {
  BatchCond,
  type HttpClient,
  HttpServerError,
  type HttpStream,
  openHttp,
  parseLibsqlUrl,
  ResponseError,
  type RowsResult,
  type Sql,
  Stmt,
} from "@libsql/hrana-client";
import { type Config, ConfigurationError } from "../config.ts";
import type { Driver, Mode, Row, Statement } from "./driver.ts";

type LibsqlConfig = Extract<Config["database"], { kind: "libsql" }>;

/** The time after which an idle stream is not used again, milliseconds. A libSQL server closes it after ten seconds. */
const MAX_IDLE_MS = 5000;
/** The number of idle streams that are kept: as many as exchanges are in flight at once. */
const MAX_IDLE_STREAMS = 10;
/** The number of SQL texts that the server stores for a stream. sqld allows 50. */
const MAX_STORED_TEXTS = 48;
/** The length of a text that is stored. sqld stores none of 5 KB or more. */
const MAX_STORED_LENGTH = 4500;
/** The number of exchanges after which a stream is closed, so that texts that were used once do not stay stored. */
const MAX_EXCHANGES = 1000;

const BEGIN: Readonly<Record<Mode, string>> = { read: "BEGIN", write: "BEGIN IMMEDIATE" };

/**
 * Connects to a libSQL server by Hrana over HTTP. A stream, which is one connection of the server to the database, is
 * used for many exchanges: the server takes several times as long to open the database and to parse its schema as to
 * run a statement.
 *
 * @throws ConfigurationError if libSQL's client rejects the URL
 */
export function libsqlDriver(config: LibsqlConfig): Driver {
  const client = connect(config);
  /** The streams that no exchange uses, the one that was used last at the end. */
  const idle: Stream[] = [];
  const takeIdle = (): Stream | undefined => {
    const stream = idle.pop();
    if (stream === undefined || stream.usedAt >= Date.now() - MAX_IDLE_MS) return stream;
    // The server has closed it, and the others too, or will soon.
    idle.length = 0;
    return undefined;
  };
  const runOn = async (stream: Stream, statements: readonly Statement[], mode: Mode): Promise<Row[][]> => {
    try {
      const rows = await stream.run(statements, mode);
      if (stream.exchanges < MAX_EXCHANGES) idle.push(stream);
      else stream.close();
      if (idle.length > MAX_IDLE_STREAMS) idle.shift()?.close();
      return rows;
    } catch (error) {
      stream.close();
      throw error;
    }
  };
  return {
    async run(statements, mode) {
      if (statements.length === 0) return [];
      const used = takeIdle();
      if (used !== undefined) {
        try {
          return await runOn(used, statements, mode);
        } catch (error) {
          if (!isUnknownStream(error)) throw withCode(error);
          // The others are older, or of the same server.
          idle.length = 0;
        }
      }
      try {
        return await runOn(new Stream(client.openStream()), statements, mode);
      } catch (error) {
        throw withCode(error);
      }
    },
  };
}

/** Makes the function that puts what the libSQL server has committed on disk; undefined if the server does so itself. */
export function flushLog({ walSync }: LibsqlConfig): (() => Promise<void>) | undefined {
  if (walSync === undefined) return undefined;
  return async () => {
    const response = await walSync.fetch("http://wal-sync/", { method: "POST" });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
  };
}

/** A stream, and the SQL texts that the server has stored for it. */
class Stream {
  /** When the server answered last, milliseconds since the epoch. */
  usedAt = 0;
  exchanges = 0;
  readonly #stream: HttpStream;
  readonly #stored = new Map<string, Sql>();

  constructor(stream: HttpStream) {
    this.#stream = stream;
  }

  /**
   * Runs statements as one transaction, in one HTTP request.
   *
   * @returns the rows of each statement
   */
  async run(statements: readonly Statement[], mode: Mode): Promise<Row[][]> {
    const [first, ...rest] = statements.map(({ sql, params }) =>
      new Stmt(this.#store(sql)).bindIndexes(params),
    );
    if (first === undefined) return [];
    // A single statement that reads is a transaction by itself.
    const results =
      rest.length === 0 && mode === "read"
        ? [await this.#stream.query(first)]
        : await this.#transaction([first, ...rest], mode);
    this.usedAt = Date.now();
    this.exchanges++;
    return results.map((result) => {
      if (result === undefined) throw new Error("the server did not execute a statement of the transaction");
      return result.rows;
    });
  }

  close(): void {
    this.#stream.close();
  }

  async #transaction(statements: readonly Stmt[], mode: Mode): Promise<(RowsResult | undefined)[]> {
    const batch = this.#stream.batch(false);
    let last = batch.step();
    const begun = last.run(BEGIN[mode]);
    const results = statements.map((statement) => {
      last = batch.step().condition(BatchCond.ok(last));
      return last.query(statement);
    });
    const commit = batch.step().condition(BatchCond.ok(last));
    const committed = commit.run("COMMIT");
    const rollback = batch.step().condition(BatchCond.not(BatchCond.ok(commit)));
    // The statement that failed says why. SQLite has rolled back some of the failures by itself.
    rollback.run("ROLLBACK").catch(() => undefined);
    await batch.execute();
    await begun;
    const rows = await Promise.all(results);
    await committed;
    return rows;
  }

  /** Sends a text to the server once: the next time its id stands for it. */
  #store(sql: string): Sql | string {
    let stored = this.#stored.get(sql);
    if (stored === undefined) {
      if (sql.length > MAX_STORED_LENGTH || this.#stored.size >= MAX_STORED_TEXTS) return sql;
      stored = this.#stream.storeSql(sql);
      this.#stored.set(sql, stored);
    }
    return stored;
  }
}

/**
 * Returns whether the server has forgotten the stream: it was idle for too long, or the server has restarted. Nothing
 * of the request has run then.
 */
const isUnknownStream = (error: unknown): boolean =>
  (error instanceof ResponseError && error.code === "STREAM_EXPIRED") ||
  (error instanceof HttpServerError && error.message.includes("invalid baton"));

/** Returns the error with SQLite's or the server's code in its message, by which `driver.ts` tells errors apart. */
const withCode = (error: unknown): unknown =>
  error instanceof ResponseError && error.code !== undefined
    ? new Error(`${error.code}: ${error.message}`, { cause: error })
    : error;

function connect({ url, authToken }: LibsqlConfig): HttpClient {
  try {
    const { hranaHttpUrl, authToken: tokenOfUrl } = parseLibsqlUrl(url);
    if (hranaHttpUrl === undefined) throw new TypeError(`${url} is not an HTTP URL`);
    return openHttp(hranaHttpUrl, authToken ?? tokenOfUrl);
  } catch (error) {
    throw new ConfigurationError([`LIBSQL_URL is not accepted by the libSQL client: ${String(error)}`]);
  }
}
