import { closeSync, fdatasync, openSync } from "node:fs";
import { promisify } from "node:util";
import Database from "libsql/promise";
import { errorFields, logEvent } from "../http/log.ts";
import { PASSIVE_CHECKPOINT } from "./connection.sql.ts";
import type { WriterThread } from "./writer_thread.ts";

const sync = promisify(fdatasync);

/** The number of statements that wrote, after which the log is moved into the file. */
const STATEMENTS = 1000;
/** A move that took longer, milliseconds, has left as much as was written meanwhile: another one is made beside the writer. */
const MAX_MS = 100;
/** The number of moves beside the writer, one after the other. Each takes the time of what was written during the last. */
const MAX_MOVES = 10;

/**
 * Moves the log of a file into it while others read and write. After a backup the log can have gigabytes, and a writer
 * that moved them, as SQLite does by default, would stop for many seconds. What takes long is therefore done beside it;
 * the writer itself only moves the last pages, since it can begin the log anew if all are moved.
 */
export class Checkpoints {
  /** Its calls run in threads of libsql's own. */
  readonly #db: Database;
  /** The file. To close a file ends the locks that SQLite holds on it, for all of this process. */
  readonly #fd: number;
  readonly #writer: WriterThread;
  #statements = 0;
  #moves = 0;
  #running: Promise<void> | undefined;

  constructor(file: string, writer: WriterThread) {
    this.#db = new Database(file, {});
    this.#fd = openSync(file, "r+");
    this.#writer = writer;
  }

  /**
   * Counts the statements of a transaction that has been committed. Not of one that is about to be: SQLite before 3.51.3
   * can lose pages if a checkpoint begins while all of the log is in the file, and a commit begins the log anew.
   */
  wrote(statements: number): void {
    this.#statements += statements;
    if (this.#statements < STATEMENTS || this.#running !== undefined) return;
    this.#statements = 0;
    this.#running = this.#run()
      .catch((error: unknown) => {
        // The log stays as it is until the next time.
        logEvent("checkpoint_failed", errorFields(error));
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Waits for what has begun. To be called before the writer is closed. */
  async stop(): Promise<void> {
    this.#statements = Number.NEGATIVE_INFINITY;
    await this.#running;
  }

  /** To be called when the file is closed. */
  close(): void {
    this.#db.close();
    closeSync(this.#fd);
  }

  async #run(): Promise<void> {
    const started = performance.now();
    await this.#db.exec(PASSIVE_CHECKPOINT);
    // SQLite does so only if no page was written meanwhile.
    await sync(this.#fd);
    if (performance.now() - started > MAX_MS && ++this.#moves < MAX_MOVES) {
      // After the next commit, as `wrote` says.
      this.#statements += STATEMENTS;
      return;
    }
    this.#moves = 0;
    await this.#writer.checkpoint();
  }
}
