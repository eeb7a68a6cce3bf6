import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Reads the numbers of process groups until its input ends, and then kills those that are left. */
const SCRIPT = `
  while read -r group; do groups="$groups -$group"; done
  test -z "$groups" || kill -s KILL -- $groups 2>/dev/null`;

/**
 * Sees to it that process groups end when this process does, even if it is killed and can do nothing any more:
 * a shell, waiting at a pipe that the operating system closes then. There is none on Windows.
 */
export class Guard {
  #shell: ChildProcess | undefined;

  /** Takes a process group under guard. */
  watch(group: number): void {
    if (process.platform === "win32") return;
    this.#shell ??= startShell();
    this.#shell.stdin?.write(`${group}\n`);
  }

  /** Ends the guard, and whatever is left of what it watches; returns when it has. */
  async release(): Promise<void> {
    if (this.#shell === undefined || this.#shell.exitCode !== null || this.#shell.signalCode !== null) return;
    this.#shell.stdin?.end();
    await once(this.#shell, "exit");
  }
}

function startShell(): ChildProcess {
  // In a group of its own, for a Ctrl-C in the terminal ends all of the terminal's group.
  const shell = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  // Without a shell there is no guard, and the service runs all the same.
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  return shell;
}
