import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { serverUrl } from "../../../src/cli/servers/ready.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { KillableProcess } from "../../support/killable_process.ts";
import { HOST } from "../../support/restartable_server.ts";

export type Mode = "feed" | "webhooks";
/** The project in which the follower is an admin. */
export const ADMIN_PROJECT = "0".repeat(32);
export const SECRET = `whsec_${btoa("x".repeat(32))}`;
const NO_AUTH = { OS_AUTH_TYPE: "noauth", OS_USER_ID: "follower", OS_PROJECT_ID: ADMIN_PROJECT };

/** Where a follower finds what it follows. */
interface Addresses {
  readonly service: string;
  readonly cinder: string;
  /** The port on which it receives webhooks. */
  readonly port: number;
}

/** The program of `examples/cinder`, which a test may kill at any time: it is then started again. */
export class Follower {
  /** Where it receives webhooks. */
  readonly url: string;
  readonly #mode: Mode;
  readonly #env: Readonly<Record<string, string>>;
  readonly #folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-follower-"));
  #process: KillableProcess | undefined;
  #restarting: Promise<void> = Promise.resolve();
  #busy = false;
  /** The output of all runs. */
  readonly #lines: string[] = [];
  /** How often it was killed. */
  kills = 0;

  /** @param login the variables of the login; by default those of no-auth */
  constructor(
    mode: Mode,
    { service, cinder, port }: Addresses,
    login: Readonly<Record<string, string>> = NO_AUTH,
  ) {
    this.url = serverUrl(HOST, port);
    this.#mode = mode;
    this.#env = {
      SERVICE_URL: service,
      CINDER_URL: cinder,
      STATE_DIR: this.#folder,
      ...login,
      WEBHOOK_SECRET: SECRET,
      HOST,
      PORT: String(port),
    };
  }

  async start(): Promise<void> {
    const started = new KillableProcess({
      title: "follower",
      file: process.execPath,
      args: ["examples/cinder/main.ts", `--${this.#mode}`],
      cwd: projectFolder,
      env: this.#env,
    });
    this.#process = started;
    const exit = started.exited().then(() => {
      throw new Error(`the follower has ended:\n${started.lines.join("\n")}`);
    });
    await Promise.race([started.untilLine(/(following the feed|receiving webhooks)/), exit]);
  }

  /** Kills the follower, and starts it again. Does nothing while it is being restarted. */
  kill(): void {
    if (this.#busy) return;
    this.#busy = true;
    this.kills++;
    this.#restarting = this.#end()
      .then(() => this.start())
      .finally(() => {
        this.#busy = false;
      });
    // `stop` reports the failure.
    this.#restarting.catch(() => {});
  }

  async stop(): Promise<void> {
    await this.#restarting;
    await this.#end();
    rmSync(this.#folder, { recursive: true });
  }

  /** Returns the last event of a volume that the follower has applied. */
  applied(volume_id: string): string | undefined {
    try {
      return readFileSync(path.join(this.#folder, "volumes", volume_id), "utf8");
    } catch {
      return undefined;
    }
  }

  /** The output of all its runs. */
  get output(): string {
    return [...this.#lines, ...(this.#process?.lines ?? [])].join("\n");
  }

  async #end(): Promise<void> {
    await this.#process?.kill();
    this.#lines.push(...(this.#process?.lines ?? []));
    this.#process = undefined;
  }
}
