import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { ChildProcessError } from "../../src/cli/errors.ts";
import { waitUntilReady } from "../../src/cli/servers/ready.ts";
import { environment, logFile } from "./data.ts";
import { installed } from "./installation.ts";

/** How much of Keystone's log a message shows, in characters. */
const LOG_TAIL = 3000;

interface Running {
  readonly process: ChildProcess;
  /** How it ended, in words. */
  readonly ended: Promise<string>;
}

/** Keystone's server, which can be started and ended again and again. It is one process without children. */
export class Server {
  readonly #folder: string;
  readonly #port: number;
  #running: Running | undefined;

  /**
   * @param folder where `makeData` made its data
   * @param port the one of the loopback interface to listen on
   */
  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  /**
   * Starts it, and returns when it answers. Does nothing if it was started and nobody ended it.
   *
   * @throws ChildProcessError with the end of its log if it does not start
   */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    const running = this.#spawn();
    this.#running = running;
    const death = running.ended.then((how): never => {
      throw new ChildProcessError(`Keystone ended: ${how}\n${this.#logTail()}`);
    });
    try {
      await Promise.race([waitUntilReady(`http://127.0.0.1:${this.#port}/v3`), death]);
    } catch (error) {
      await this.end("SIGKILL");
      throw error;
    }
  }

  /** Sends it a signal, and returns when it is gone. Does nothing if it does not run. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    this.#running?.process.kill(signal);
    await this.#running?.ended;
    this.#running = undefined;
  }

  #spawn(): Running {
    const log = openSync(logFile(this.#folder), "a");
    const child = spawn(installed("python"), ["-c", program(this.#port)], {
      cwd: this.#folder,
      env: { ...process.env, ...environment(this.#folder) },
      stdio: ["pipe", log, log],
    });
    closeSync(log);
    const ended = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    return { process: child, ended };
  }

  #logTail(): string {
    return readFileSync(logFile(this.#folder), "utf8").slice(-LOG_TAIL);
  }
}

/**
 * What Python runs. It is no command with arguments, since Keystone would take these for its own. However our process
 * ends, the server sees its standard input close and ends too: a test run that was killed leaves no Keystone behind.
 */
const program = (port: number): string => `
import os, sys, threading

def follow():
    sys.stdin.read()
    os._exit(0)

threading.Thread(target=follow, daemon=True).start()

from keystone.wsgi.api import application
from waitress import serve

serve(application, host="127.0.0.1", port=${port})
`;
