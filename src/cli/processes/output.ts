import { Console } from "node:console";
import { once } from "node:events";
import { fstatSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { setLogOutput } from "../../http/log.ts";

/** The number of bytes that may wait for a reader. */
const MAX_WAITING_BYTES = 1_000_000;
const FLUSH_MS = 1000;
const LINE_FEED = "\n".charCodeAt(0);

/**
 * Writes lines to a target without waiting for it: drops lines while too much waits, and then writes how many.
 * Without it a reader that stalls, such as a pager, would stop the service.
 */
export class LossyOutput extends Writable {
  readonly #target: Writable;
  readonly #maxWaiting: number;
  #dropped = 0;
  /** Whether the last chunk was dropped and ended within a line, so that the next one begins within it. */
  #cut = false;

  constructor(target: Writable, maxWaiting = MAX_WAITING_BYTES) {
    super({ decodeStrings: true });
    this.#target = target;
    this.#maxWaiting = maxWaiting;
    // A reader that has gone must not stop the service.
    target.on("error", () => {});
    target.on("drain", () => this.#report());
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#forward(chunk);
    done();
  }

  /** Waits until the target has everything, or for a second. */
  async flush(): Promise<void> {
    if (this.#target.writableLength > 0) await Promise.race([once(this.#target, "drain"), sleep(FLUSH_MS)]);
  }

  #forward(chunk: Buffer): void {
    if (this.#target.writableLength + chunk.length > this.#maxWaiting) {
      this.#dropped += chunk.reduce((lines, byte) => lines + (byte === LINE_FEED ? 1 : 0), 0);
      this.#cut = chunk.at(-1) !== LINE_FEED;
      return;
    }
    let whole = chunk;
    if (this.#cut) {
      const start = chunk.indexOf(LINE_FEED) + 1;
      if (start === 0) return;
      this.#dropped++;
      this.#cut = false;
      whole = chunk.subarray(start);
    }
    this.#report();
    this.#target.write(whole);
  }

  #report(): void {
    if (this.#dropped === 0) return;
    // The line before may be incomplete.
    this.#target.write(`\n${JSON.stringify({ event: "log_lines_dropped", lines: this.#dropped })}\n`);
    this.#dropped = 0;
  }
}

/** The time that lines of the log are gathered, milliseconds, and the characters that are written at once. */
const GATHER_MS = 10;
const GATHER_LENGTH = 65_536;

/** Gathers lines, and writes them together: a system call for each costs more than all else that a request logs. */
class GatheredLines {
  readonly #write: (text: string) => void;
  #text = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= GATHER_LENGTH) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), GATHER_MS).unref();
  }

  /** Writes the lines that were gathered. */
  flush(write = this.#write): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#text;
    this.#text = "";
    if (text !== "") write(text);
  }
}

/** The standard output and the standard error of this process. */
export interface Output {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Waits for the readers, for a second at most. */
  readonly flush: () => Promise<void>;
}

/**
 * Opens the standard output and error so that a reader that stalls does not stop this process, and lets the console
 * and the log write to them. Node writes to the pipes of `process.stdout` synchronously.
 */
export function openOutput(): Output {
  const [stdout, stderr] = [open(1, process.stdout), open(2, process.stderr)];
  const lines = new GatheredLines((text) => stdout.write(text));
  setLogOutput((line) => lines.add(line));
  // If this process crashes, nothing asynchronous is written any more.
  process.once("exit", () => lines.flush((text) => writeSync(1, text)));
  globalThis.console = new Console(afterLines(lines, stdout), stderr);
  const flush = async () => {
    lines.flush();
    for (const stream of [stdout, stderr]) if (stream instanceof LossyOutput) await stream.flush();
  };
  return { stdout, stderr, flush };
}

/** Returns a stream to the target that keeps the order: the lines that were gathered come first. */
const afterLines = (lines: GatheredLines, target: Writable): Writable =>
  new Writable({
    write(chunk, _encoding, done) {
      lines.flush();
      target.write(chunk);
      done();
    },
  });

function open(fd: 1 | 2, fallback: Writable): Writable {
  const file = fstatSync(fd);
  return file.isFIFO() || file.isSocket()
    ? new LossyOutput(new Socket({ fd, readable: false, writable: true }))
    : fallback;
}
