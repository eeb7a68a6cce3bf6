import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Guard } from "../../src/cli/processes/guard.ts";
import type { Command } from "../../src/cli/processes/processes.ts";

const guard = new Guard();

/** A child process that a test may kill or stop at any time. Its output is discarded. */
export class KillableProcess {
  readonly #child: ChildProcess;

  constructor(command: Command) {
    this.#child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: { ...process.env, ...command.env },
      stdio: "ignore",
      detached: true,
    });
    // If the tests themselves are killed, the guard ends the process.
    if (this.#child.pid !== undefined) guard.watch(this.#child.pid);
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends SIGKILL, and returns after the process has exited. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited();
  }

  /** Waits until the process has exited, whatever the reason. */
  async exited(): Promise<void> {
    if (this.running) await once(this.#child, "exit");
  }

  /** Suspends or resumes the process. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(name);
  }

  /** Returns the resident memory of the process in bytes (Linux). */
  residentBytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
    if (kilobytes === undefined) throw new Error(`no VmRSS in ${status}`);
    return Number(kilobytes) * 1024;
  }
}
