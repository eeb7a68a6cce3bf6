import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { Guard } from "./guard.ts";

/** A program to run. */
export interface Command {
  /** What messages call it. */
  readonly title: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether nobody is to see its standard output. */
  readonly quiet?: boolean;
}

/** A command that did not do what it was started for; the message says so, in the command's own words. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

interface Child {
  readonly process: ChildProcess;
  /** How it ended, in words; nothing if with exit code 0. Settles when its output has been read. */
  readonly ended: Promise<string | undefined>;
}

/** How long a process may take to end by itself. */
const GRACE_MS = 5000;
/** How long to wait for killed grandchildren to vanish: it is not we but init that reaps them. */
const REAP_MS = 3000;

const isWindows = process.platform === "win32";

/**
 * The child processes of this one. Each leads a process group of its own: a Ctrl-C in the terminal reaches
 * none of them but this process alone, which stops them in order, and their own children with them.
 */
export class Processes {
  readonly #children: Child[] = [];
  readonly #guard = new Guard();
  readonly #onDeath: (failure: CommandFailed) => void;
  #stopping = false;

  /** @param onDeath told when a process that `start` started has ended though nobody stopped it */
  constructor(onDeath: (failure: CommandFailed) => void) {
    this.#onDeath = onDeath;
  }

  /**
   * Runs a command to its end.
   *
   * @param output `show` lets it write to the terminal; `keep` shows what it wrote only where it fails
   * @returns what it wrote to standard output, if kept
   * @throws CommandFailed
   */
  async run(command: Command, output: "keep" | "show" = "keep"): Promise<string> {
    const child = this.#spawn(command, output === "keep" ? "pipe" : "inherit");
    let kept = "";
    let errors = "";
    child.process.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      kept += chunk;
    });
    child.process.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      errors += chunk;
    });
    const failure = await child.ended;
    // wrangler does not wait for its own children.
    signal(child.process, "SIGKILL");
    if (failure === undefined) return kept;
    throw new CommandFailed([`${command.title} failed: ${failure}`, errors, kept].join("\n").trim());
  }

  /**
   * Starts a command that runs until it is stopped. Its output goes to the terminal.
   *
   * @returns the id of its process
   */
  start(command: Command): number | undefined {
    const child = this.#spawn(command, "inherit");
    if (child.process.pid !== undefined) this.#guard.watch(child.process.pid);
    void child.ended.then((failure) => {
      if (!this.#stopping) {
        this.#onDeath(new CommandFailed(`${command.title} ended: ${failure ?? "exit code 0"}`));
      }
    });
    return child.process.pid;
  }

  /** Stops all, the newest first, and returns when none is left. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const { process: child, ended } of this.#children.reverse()) {
      if (isRunning(child)) {
        signal(child, "SIGTERM");
        await Promise.race([ended, sleep(GRACE_MS)]);
        signal(child, "SIGKILL");
      }
      const deadline = Date.now() + REAP_MS;
      while (signal(child, 0) && Date.now() < deadline) await sleep(20);
    }
    await this.#guard.release();
  }

  #spawn(command: Command, output: "inherit" | "pipe"): Child {
    if (this.#stopping) throw new CommandFailed(`${command.title} was not started: stopping`);
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: { ...process.env, ...command.env },
      stdio: ["ignore", command.quiet ? "ignore" : output, output],
      detached: !isWindows,
      windowsHide: true,
    });
    const ended = new Promise<string | undefined>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code, killer) => resolve(killer ?? (code ? `exit code ${code}` : undefined)));
    });
    const entry = { process: child, ended };
    this.#children.push(entry);
    return entry;
  }
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/**
 * Sends a signal to a process and all in its group; 0 only asks whether there is any.
 *
 * @returns whether there was one to send it to
 */
function signal(child: ChildProcess, name: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(isWindows ? child.pid : -child.pid, name);
  } catch {
    return false;
  }
}
