import type { Command } from "../../src/cli/processes/processes.ts";
import { serverUrl, waitUntilReady } from "../../src/cli/servers/ready.ts";
import { KillableProcess } from "./killable_process.ts";

/** The only interface that servers of the tests listen on. */
export const HOST = "127.0.0.1";

/** A server that a test kills and starts again, on the same port and files. */
export class RestartableServer {
  readonly url: string;
  readonly #command: Command;
  readonly #healthPath: string;
  #process: KillableProcess | undefined;

  /** @param healthPath answers 200 once the server is ready */
  constructor(command: Command, port: number, healthPath: string) {
    this.url = serverUrl(HOST, port);
    this.#command = command;
    this.#healthPath = healthPath;
  }

  /**
   * Starts the server, and returns once it is ready.
   *
   * @param args further arguments of this start alone
   * @throws Error with the output of the server if it exits instead
   */
  async start(args: readonly string[] = []): Promise<void> {
    const process = new KillableProcess({ ...this.#command, args: [...this.#command.args, ...args] });
    this.#process = process;
    const exit = process.exited().then(() => {
      throw new Error(`${this.#command.title} has exited:\n${process.lines.join("\n")}`);
    });
    await Promise.race([waitUntilReady(this.url + this.#healthPath), exit]);
  }

  /** @throws Error if the server has not been started */
  get process(): KillableProcess {
    if (this.#process === undefined) throw new Error("the server has not been started");
    return this.#process;
  }

  /** Sends SIGKILL, and returns after the server has exited. Does nothing if it does not run. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }
}
