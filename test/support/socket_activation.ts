import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { serverUrl } from "../../src/cli/servers/ready.ts";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import { KillableProcess } from "./killable_process.ts";
import { HOST } from "./restartable_server.ts";

/** Runs a command with the socket that this shell has, as systemd does, and again whenever it has ended with 0. */
const PARENT = `while sh -c 'echo "started $$"; export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@"' sh "$@"; do :; done`;

const STARTED = /^started (\d+)$/;
const READY = /^volume-transfers: ready on /;

/** A server that listens. Node's types do not have its handle. */
const listening = z.object({ _handle: z.object({ fd: z.number() }) });

/** The service with a socket that its parent holds. */
export class SocketActivatedService {
  readonly url: string;
  readonly parent: KillableProcess;

  private constructor(url: string, parent: KillableProcess) {
    this.url = url;
    this.parent = parent;
  }

  /**
   * Starts `npm run serve`. Returns once it is ready.
   *
   * @param options.port by default one that is free
   * @param options.program the program that is started; it may be a symbolic link that changes between two starts
   */
  static async start(
    env: Readonly<Record<string, string>>,
    { port = 0, program = "src/cli/run.js" } = {},
  ): Promise<SocketActivatedService> {
    const server = createServer().listen(port, HOST);
    await once(server, "listening");
    const { fd } = listening.parse(server)._handle;
    const url = serverUrl(HOST, z.object({ port: z.number() }).parse(server.address()).port);
    const command = {
      title: "serve",
      file: "sh",
      args: ["-c", PARENT, "sh", process.execPath, program, "serve"],
      cwd: projectFolder,
      // The lines about the starts are among those that are kept.
      env: { AUTH_STRATEGY: "noauth", LOG_REQUESTS: "none", ...env },
    };
    const service = new SocketActivatedService(url, new KillableProcess(command, fd));
    // The shell has the socket now, and this process must not accept its connections.
    server.close();
    await service.#untilReady(1);
    return service;
  }

  /** Sends the process that serves SIGTERM, and waits until the next one is ready. */
  async restart(): Promise<void> {
    const starts = this.#starts;
    const started = this.parent.lines.findLast((line) => STARTED.test(line)) ?? "";
    process.kill(Number(STARTED.exec(started)?.[1]), "SIGTERM");
    await this.#untilReady(starts + 1);
  }

  /** Ends both processes with SIGKILL. */
  async stop(): Promise<void> {
    if (this.parent.running) process.kill(-this.parent.pid, "SIGKILL");
    await this.parent.exited();
  }

  /** The number of processes that have become ready. */
  get #starts(): number {
    return this.parent.lines.filter((line) => READY.test(line)).length;
  }

  async #untilReady(starts: number): Promise<void> {
    while (this.#starts < starts) {
      if (!this.parent.running) throw new Error(`serve has ended:\n${this.parent.lines.join("\n")}`);
      await sleep(10);
    }
  }
}
