import { mkdirSync } from "node:fs";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Driver } from "../db/engine/driver.ts";
import { errorFields, logEvent } from "../http/log.ts";
import { Checkpoints } from "./checkpoints.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { messageOf, OperatorError } from "./errors.ts";
import { lock } from "./lock.ts";
import { takeOver } from "./take_over.ts";
import { WriterThread } from "./writer_thread.ts";

/** An open file. */
interface Opened {
  /** Reads, in this thread: in WAL mode it waits for no writer, and sees what was committed before. */
  readonly reader: Connection;
  readonly writer: WriterThread;
  readonly checkpoints: Checkpoints;
  readonly unlock: () => void;
  /** Removes the database of version 1.0 that an earlier start has taken over. */
  readonly removeOld: () => void;
}

/** How a file is written. */
export interface FileOptions extends ConnectionOptions {
  /** Whether this process moves the log into the file. By default it does; not where Litestream does. */
  readonly checkpoints?: boolean | undefined;
}

/** A SQLite file in this process. */
export class FileDatabase implements Driver {
  /** Its path, absolute. */
  readonly name: string;
  readonly #options: ConnectionOptions;
  readonly #checkpoints: boolean;
  #opened: Opened | undefined;

  constructor(file: string, { syncsWrites, checkpoints = true }: FileOptions) {
    this.name = file;
    this.#options = { syncsWrites };
    this.#checkpoints = checkpoints;
  }

  /**
   * Opens the file. If it does not exist, takes over the database of version 1.0, or else creates it.
   *
   * @param report receives what is done to the database of version 1.0
   * @throws OperatorError if another service has it open, or it cannot be read and written
   */
  open(report: (line: string) => void = () => {}): void {
    if (this.#opened !== undefined) return;
    let unlock: (() => void) | undefined;
    try {
      mkdirSync(path.dirname(this.name), { recursive: true, mode: 0o700 });
      unlock = lock(this.name);
      const removeOld = takeOver(this.name, report);
      const reader = new Connection(this.name, this.#options);
      const writer = new WriterThread({ file: this.name, options: this.#options });
      const checkpoints = new Checkpoints(this.name, writer);
      this.#opened = { reader, writer, checkpoints, unlock, removeOld };
    } catch (error) {
      unlock?.();
      if (error instanceof OperatorError) throw error;
      throw new OperatorError(`the database ${this.name} cannot be opened: ${messageOf(error)}`);
    }
  }

  run: Driver["run"] = async (statements, mode) => {
    if (this.#opened === undefined) throw new Error(`${this.name} is not open`);
    const { reader, writer, checkpoints } = this.#opened;
    if (mode === "read") return reader.run(statements, mode);
    const rows = await writer.run(statements);
    if (this.#checkpoints) checkpoints.wrote(statements.length);
    return rows;
  };

  /** A read stops the event loop, in whose next turn other requests are answered. */
  readonly pause = (): Promise<void> => nextTurn();

  /** Removes the database of version 1.0 that an earlier start has taken over. Called when the service is ready. */
  removeOld(): void {
    this.#opened?.removeOld();
  }

  /** Waits for the writes in flight, moves the log into the file, and closes it. */
  async close(): Promise<void> {
    if (this.#opened === undefined) return;
    const { reader, writer, checkpoints, unlock } = this.#opened;
    this.#opened = undefined;
    await checkpoints.stop();
    await writer.close();
    try {
      if (this.#checkpoints) reader.truncateLog();
    } catch (error) {
      // Nothing is lost: the next start reads the log.
      logEvent("checkpoint_failed", errorFields(error));
    }
    reader.close();
    checkpoints.close();
    unlock();
  }
}
