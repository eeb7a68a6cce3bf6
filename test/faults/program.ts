import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Guard } from "../../src/cli/processes/guard.ts";
import type { Command } from "../../src/cli/processes/processes.ts";

const guard = new Guard();

/** How many of its last lines a program is remembered by. */
const KEPT_LINES = 5000;

/** A server that a test may kill as often as it likes. Its output is kept, and written nowhere. */
export class Program {
  readonly #child: ChildProcess;
  readonly lines: string[] = [];

  constructor(command: Command) {
    this.#child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: { ...process.env, ...command.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    // Where the tests themselves are killed, nothing else would end it.
    if (this.#child.pid !== undefined) guard.watch(this.#child.pid);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface(stream).on("line", (line) => {
        this.lines.push(line);
        if (this.lines.length > KEPT_LINES) this.lines.shift();
      });
    }
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends it as a power cut does, `kill -9`, or by another signal; returns when it is gone. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.#child.kill(signal);
    await this.ended();
  }

  /** Returns when it has ended, however it has. */
  async ended(): Promise<void> {
    if (this.running) await once(this.#child, "exit");
  }

  /** Sends a signal that does not end it: `SIGSTOP`, `SIGCONT`. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(name);
  }

  /** What it holds in memory, bytes (Linux). */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
    if (kilobytes === undefined) throw new Error(`no VmRSS in ${status}`);
    return Number(kilobytes) * 1024;
  }
}
