import type { Command } from "../../src/cli/processes/processes.ts";
import { serverUrl, untilReady } from "../../src/cli/servers/ready.ts";
import { KillableProcess } from "./killable_process.ts";

/** A server that a test kills and starts again, on the same port and files. */
export class RestartableServer {
  readonly url: string;
  readonly #command: Command;
  readonly #healthPath: string;
  #process: KillableProcess | undefined;

  /** @param healthPath answers 200 once the server is ready */
  constructor(command: Command, port: number, healthPath: string) {
    this.url = serverUrl("127.0.0.1", port);
    this.#command = command;
    this.#healthPath = healthPath;
  }

  /** Starts the server, and returns once it is ready. */
  async start(): Promise<void> {
    this.#process = new KillableProcess(this.#command);
    await untilReady(this.url + this.#healthPath);
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
