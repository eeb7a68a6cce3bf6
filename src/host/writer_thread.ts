import { once } from "node:events";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Row, Statement, Value } from "../db/engine/driver.ts";
import type { ConnectionOptions } from "./connection.ts";

/** The characters of the statements' texts that a writer keeps. */
const MAX_CHARACTERS = 2_000_000;

/** The values that a writer is started with. */
export interface WriterData {
  readonly file: string;
  readonly options: ConnectionOptions;
}

/** A transaction to run. */
export interface Order {
  /** The texts that the writer does not have yet. A text is longer than its values, and most are sent again and again. */
  readonly texts: readonly string[];
  /** The number of the first of them. 0: the writer forgets those that it has. */
  readonly firstText: number;
  /** The numbers of the statements' texts, and their values. None: a checkpoint. */
  readonly steps: readonly (readonly [text: number, params: readonly Value[]])[];
}

/** The outcome of a transaction: the rows of its statements, or the message of its error. */
export type Outcome = { readonly rows: Row[][] } | { readonly error: string };

/**
 * The connection that writes to a file, in a thread of its own: what waits for the disk, for the lock of another
 * process or for a checkpoint does not stop the requests that read. An error of the thread itself ends this process.
 */
export class WriterThread {
  readonly #thread: Worker;
  readonly #pending: PromiseWithResolvers<Row[][]>[] = [];
  readonly #texts = new Map<string, number>();
  #characters = 0;

  constructor(data: WriterData) {
    const module = `writer${path.extname(import.meta.filename)}`;
    this.#thread = new Worker(path.join(import.meta.dirname, module), { workerData: data });
    this.#thread.on("message", (outcome: Outcome) => {
      const pending = this.#pending.shift();
      if ("rows" in outcome) pending?.resolve(outcome.rows);
      else pending?.reject(new Error(outcome.error));
    });
  }

  /**
   * Runs statements in one transaction.
   *
   * @returns the rows of each statement
   * @throws Error with SQLite's code in its message
   */
  run(statements: readonly Statement[]): Promise<Row[][]> {
    return statements.length === 0 ? Promise.resolve([]) : this.#send(statements);
  }

  /** Moves as much of the log into the file as no reader needs. */
  async checkpoint(): Promise<void> {
    await this.#send([]);
  }

  #send(statements: readonly Statement[]): Promise<Row[][]> {
    const pending = Promise.withResolvers<Row[][]>();
    this.#pending.push(pending);
    this.#thread.postMessage(this.#order(statements));
    return pending.promise;
  }

  /** Ends the thread after the transactions in flight. */
  async close(): Promise<void> {
    this.#thread.postMessage("close");
    await once(this.#thread, "exit");
  }

  #order(statements: readonly Statement[]): Order {
    const characters = statements.reduce((sum, { sql }) => sum + sql.length, 0);
    if (this.#characters + characters > MAX_CHARACTERS) {
      this.#texts.clear();
      this.#characters = 0;
    }
    const firstText = this.#texts.size;
    const texts: string[] = [];
    const steps = statements.map(({ sql, params }) => {
      let text = this.#texts.get(sql);
      if (text === undefined) {
        text = firstText + texts.push(sql) - 1;
        this.#texts.set(sql, text);
        this.#characters += sql.length;
      }
      return [text, params] as const;
    });
    return { texts, firstText, steps };
  }
}
