import { mkdirSync } from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Driver } from "../db/engine/driver.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { OperatorError } from "./errors.ts";
import { lock } from "./lock.ts";

/** A SQLite file in this process. */
export class FileDatabase implements Driver {
  readonly file: string;
  readonly #options: ConnectionOptions;
  #connection: Connection | undefined;
  #unlock: (() => void) | undefined;

  constructor(file: string, options: ConnectionOptions) {
    this.file = file;
    this.#options = options;
  }

  /**
   * Opens the file, and creates it if it does not exist.
   *
   * @throws OperatorError if another service has it open, or it cannot be read and written
   */
  open(): void {
    if (this.#connection !== undefined) return;
    try {
      mkdirSync(path.dirname(this.file), { recursive: true, mode: 0o700 });
      this.#unlock = lock(this.file);
      this.#connection = new Connection(this.file, this.#options);
    } catch (error) {
      this.#unlock?.();
      if (error instanceof OperatorError) throw error;
      throw new OperatorError(`the database ${this.file} cannot be opened: ${String(error)}`);
    }
  }

  run: Driver["run"] = async (statements, mode) => {
    if (this.#connection === undefined) throw new Error(`${this.file} is not open`);
    // The requests that arrive in this turn of the event loop form the next group.
    if (mode === "write") await setImmediate();
    return this.#connection.run(statements, mode);
  };

  /** Moves the log into the file, and closes it. */
  close(): void {
    this.#connection?.checkpoint();
    this.#connection?.close();
    this.#connection = undefined;
    this.#unlock?.();
  }
}
