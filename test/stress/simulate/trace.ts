import { createHash } from "node:crypto";

/** What happened in a simulation, in order. */
export class Trace {
  /** The lines; empty unless they are kept. */
  readonly lines: string[] = [];
  readonly #keeps: boolean;
  readonly #hash = createHash("sha256");
  #begin: number | undefined;

  /** @param keeps whether to keep the lines, beside their hash */
  constructor(keeps: boolean) {
    this.#keeps = keeps;
  }

  /**
   * @param now milliseconds since the epoch
   * @param scope the name of the instance and the request; empty for others
   */
  add(now: number, scope: string, text: string): void {
    this.#hash.update(`${now} ${scope} ${text}\n`);
    if (!this.#keeps) return;
    this.#begin ??= now;
    this.lines.push(`${String(now - this.#begin).padStart(8)} ms  ${scope.padEnd(12)} ${text}`);
  }

  /**
   * Returns the hash of all that was added. Nothing can be added afterwards.
   *
   * @param end a text that is part of it
   */
  digest = (end: string): string => this.#hash.update(end).digest("hex").slice(0, 16);
}
