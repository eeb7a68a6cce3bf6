import { type ChildProcess, type Serializable, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ChildProcessError } from "../errors.ts";
import type { Output } from "./output.ts";

/** A program to run. */
export interface Command {
  /** The name used in messages. */
  readonly title: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Returns the text to print in place of its output if it fails; undefined to print the output. */
  readonly explain?: (output: string) => string | undefined;
  /** Discards the standard output. Off by default. */
  readonly quiet?: boolean;
}

/** Decides which lines of a stream are printed. */
type LineFilter = (line: string) => boolean;

/** Filters for the output of a program, by stream. */
export interface OutputFilter {
  readonly stdout: LineFilter;
  readonly stderr: LineFilter;
}

/** A process that answers messages. */
interface Conversation {
  /**
   * Sends a message, and returns the answer. One message is answered at a time.
   *
   * @throws ChildProcessError with the output of the process if it has ended
   */
  ask(message: Serializable): Promise<unknown>;
  /** Ends the process. */
  close(): Promise<void>;
}

interface Child {
  readonly process: ChildProcess;
  /** Why it ended, or undefined for exit code 0. Resolves when its output has been read. */
  readonly ended: Promise<string | undefined>;
}

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE_MS = 5000;
/** Milliseconds to wait until init has reaped the killed grandchildren. */
const REAP_MS = 3000;

const isWindows = process.platform === "win32";

/**
 * The child processes of this one. Each leads a process group of its own, so that Ctrl-C in a terminal reaches only
 * this process, which then stops its children, and their children, in order.
 */
export class Processes {
  readonly #children: Child[] = [];
  readonly #onUnexpectedExit: (failure: ChildProcessError) => void;
  readonly #output: Pick<Output, "stdout" | "stderr"> | undefined;
  readonly #closers: (() => Promise<void>)[] = [];
  #stopping = false;

  /**
   * @param onUnexpectedExit called when a process that `start` started ends before it is stopped
   * @param output where the processes that `start` starts write; by default to the terminal
   */
  constructor(
    onUnexpectedExit: (failure: ChildProcessError) => void,
    output?: Pick<Output, "stdout" | "stderr">,
  ) {
    this.#onUnexpectedExit = onUnexpectedExit;
    this.#output = output;
  }

  /**
   * Runs a command until it ends.
   *
   * @param output `capture` returns the standard output, and prints nothing; `inherit` writes to the terminal
   * @returns the captured standard output
   * @throws ChildProcessError with the captured output if the command fails
   */
  async run(command: Command, output: "capture" | "inherit" = "capture"): Promise<string> {
    const child = this.#spawn(command, output === "capture" ? "pipe" : "inherit");
    let captured = "";
    let errors = "";
    child.process.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      captured += chunk;
    });
    child.process.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      errors += chunk;
    });
    const failure = await child.ended;
    // wrangler does not wait for its own children.
    signal(child.process, "SIGKILL");
    if (failure === undefined) return captured;
    throw new ChildProcessError(
      command.explain?.(errors + captured) ??
        [`${command.title} failed: ${failure}`, errors, captured].join("\n").trim(),
    );
  }

  /**
   * Starts a command that runs until it is stopped.
   *
   * @param filter the lines to print; by default all
   */
  start(command: Command, filter?: OutputFilter): void {
    const child = this.#spawn(command, filter || this.#output ? "pipe" : "inherit");
    const { stdout = process.stdout, stderr = process.stderr } = this.#output ?? {};
    if (filter !== undefined) {
      printLines(child.process.stdout, filter.stdout, stdout);
      printLines(child.process.stderr, filter.stderr, stderr);
    } else {
      child.process.stdout?.pipe(stdout, { end: false });
      child.process.stderr?.pipe(stderr, { end: false });
    }
    void child.ended.then((failure) => {
      if (this.#stopping) return;
      this.#onUnexpectedExit(new ChildProcessError(`${command.title} ended: ${failure ?? "exit code 0"}`));
    });
  }

  /** Starts a Node process that answers messages, and runs until it is closed or stopped. */
  converse(command: Command): Conversation {
    const child = this.#spawn(command, "pipe", "ipc");
    let output = "";
    for (const stream of [child.process.stdout, child.process.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
    }
    const ended = child.ended.then((failure) => {
      throw new ChildProcessError(`${command.title} failed: ${failure ?? "it has ended"}\n${output}`.trim());
    });
    ended.catch(() => {});
    return {
      async ask(message) {
        const answer = once(child.process, "message");
        child.process.send(message);
        const [first]: unknown[] = await Promise.race([answer, ended]);
        return first;
      },
      close: () => stopChild(child),
    };
  }

  /** Adds work that is done before the processes are stopped, however the command ends. */
  beforeStop(work: () => Promise<void>): void {
    this.#closers.push(work);
  }

  /** Stops all processes, the newest first, and resolves when none is left. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const close of this.#closers.splice(0)) await close();
    for (const child of this.#children.reverse()) await stopChild(child);
  }

  #spawn(command: Command, output: "inherit" | "pipe", channel?: "ipc"): Child {
    if (this.#stopping)
      throw new ChildProcessError(`${command.title} was not started: the command is stopping.`);
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: { ...process.env, ...command.env },
      stdio: ["ignore", command.quiet ? "ignore" : output, output, channel],
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

function printLines(input: Readable | null, filter: LineFilter, output: NodeJS.WritableStream): void {
  if (input === null) return;
  createInterface(input).on("line", (line) => {
    if (filter(line)) output.write(`${line}\n`);
  });
}

/** Stops a process, by force if it does not end in time, and waits until it and its children are gone. */
async function stopChild({ process: child, ended }: Child): Promise<void> {
  if (isRunning(child)) {
    signal(child, "SIGTERM");
    await Promise.race([ended, sleep(GRACE_MS)]);
    signal(child, "SIGKILL");
  }
  const deadline = Date.now() + REAP_MS;
  while (signal(child, 0) && Date.now() < deadline) await sleep(20);
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/**
 * Sends a signal to a process and its process group. Signal 0 only tests whether a process exists.
 *
 * @returns whether there was a process
 */
function signal(child: ChildProcess, name: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(isWindows ? child.pid : -child.pid, name);
  } catch {
    return false;
  }
}
