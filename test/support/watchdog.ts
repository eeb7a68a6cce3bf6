import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Collects process group ids from standard input until it is closed, then kills these groups. */
const SCRIPT = `
  while read -r group; do groups="$groups -$group"; done
  test -z "$groups" || kill -s KILL -- $groups 2>/dev/null`;

/**
 * Kills process groups when this process ends, even after SIGKILL. A shell waits at a pipe, which the operating
 * system closes when this process ends. Does nothing on Windows.
 */
export class Watchdog {
  #shell: ChildProcess | undefined;

  /** Adds a process group, by the id of its leader. */
  watch(group: number): void {
    if (process.platform === "win32") return;
    this.#shell ??= startShell();
    this.#shell.stdin?.write(`${group}\n`);
  }

  /** Kills what is left of the watched groups, and resolves when the shell has exited. */
  async release(): Promise<void> {
    if (this.#shell === undefined || this.#shell.exitCode !== null || this.#shell.signalCode !== null) return;
    this.#shell.stdin?.end();
    await once(this.#shell, "exit");
  }
}

function startShell(): ChildProcess {
  // A process group of its own: Ctrl-C in a terminal ends the terminal's whole group.
  const shell = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  // Without a shell the service runs without the watchdog.
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  return shell;
}
