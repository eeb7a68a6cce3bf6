import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { Command } from "../../src/cli/processes/processes.ts";
import { Watchdog } from "./watchdog.ts";

/** How many of its last lines a process keeps. */
const KEPT_LINES = 5000;

/** A child process that a test may kill or stop at any time. Its output is kept, and written nowhere. */
export class KillableProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  readonly #readers: Interface[] = [];
  readonly #onLine = new Set<(line: string) => void>();
  /** The last lines that the process has written to standard output and standard error. */
  readonly lines: string[] = [];

  /**
   * @param command a command that is `quiet` keeps no lines
   * @param fd a file descriptor that the process inherits as its 3
   */
  constructor(command: Command, fd?: number) {
    const output = command.quiet ? "ignore" : "pipe";
    this.#child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: { ...process.env, ...command.env },
      stdio: ["ignore", output, output, ...(fd === undefined ? [] : [fd])],
      detached: true,
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.lines.push(String(error));
        resolve(null);
      });
      // Not at "exit": there may be output to read still.
      this.#child.once("close", resolve);
    });
    // If the tests themselves are killed, the watchdog ends the process.
    const watchdog = new Watchdog();
    if (this.#child.pid !== undefined) watchdog.watch(this.#child.pid);
    void this.#exited.then(() => watchdog.release());
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      const reader = createInterface(stream);
      this.#readers.push(reader);
      reader.on("line", (line) => {
        this.lines.push(line);
        if (this.lines.length > KEPT_LINES) this.lines.shift();
        for (const onLine of this.#onLine) onLine(line);
      });
    }
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Returns the id of the process.
   *
   * @throws Error if the process could not be started
   */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("the process has not started");
    return this.#child.pid;
  }

  /**
   * Sends a signal, SIGKILL by default, and returns after the process has exited.
   *
   * @returns the exit code, or null if the signal has ended the process
   */
  kill(signal: NodeJS.Signals = "SIGKILL"): Promise<number | null> {
    this.#child.kill(signal);
    return this.exited();
  }

  /**
   * Waits until the process has exited, whatever the reason.
   *
   * @returns the exit code, or null if a signal has ended the process
   */
  exited(): Promise<number | null> {
    return this.#exited;
  }

  /** Waits until the process writes a line that matches, and returns the first group of the pattern. */
  async untilLine(pattern: RegExp): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const onLine = (line: string) => {
      const [, group] = pattern.exec(line) ?? [];
      if (group !== undefined) resolve(group);
    };
    this.#onLine.add(onLine);
    this.lines.forEach(onLine);
    const group = await promise;
    this.#onLine.delete(onLine);
    return group;
  }

  /** Stops reading what the process writes. */
  pauseOutput(): void {
    for (const reader of this.#readers) reader.pause();
  }

  /** Reads again what the process writes. */
  resumeOutput(): void {
    for (const reader of this.#readers) reader.resume();
  }

  /** Suspends or resumes the process. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(name);
  }
}
