import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { vi } from "vitest";
import * as z from "zod";
import { generateAuthKeySecret } from "../../../src/cli/settings/auth_key_secret.ts";
import { type CinderProxy, startCinderProxy } from "../../support/cinder_proxy.ts";
import { Client } from "../../support/client.ts";
import { type CommandService, runCommand, startCommand } from "../../support/command.ts";
import { freePort } from "../../support/free_port.ts";
import type { HttpServer } from "../../support/http_server.ts";
import { startTokenKeystone } from "../../support/token_keystone.ts";
import { BlockStorage } from "../cinder/block_storage.ts";

const ADMIN_PROJECT = "e".repeat(32);

const volumeSchema = z.object({
  volume: z.looseObject({ status: z.string(), "os-vol-tenant-attr:tenant_id": z.string() }),
});

/** `npm run serve` in front of a real Cinder, which is behind a proxy. */
export class FacadeDeployment {
  readonly proxy: CinderProxy;
  /** What the service has written to its log, in all of its lives. */
  readonly log: string[] = [];
  readonly #cinderUrl: string;
  readonly #keystone: HttpServer;
  readonly #folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-facade-"));
  readonly #env: Readonly<Record<string, string>>;
  #service: CommandService | undefined;
  #restart: Promise<void> = Promise.resolve();

  private constructor(cinderUrl: string, proxy: CinderProxy, keystone: HttpServer, port: number) {
    this.#cinderUrl = cinderUrl;
    this.proxy = proxy;
    this.#keystone = keystone;
    this.#env = {
      AUTH_STRATEGY: "keystone",
      KEYSTONE_URL: keystone.url,
      CINDER_URL: proxy.url,
      AUTH_KEY_SECRET: generateAuthKeySecret(),
      DATA_DIR: this.#folder,
      TRANSFERS_PER_MINUTE: "0",
      PORT: String(port),
    };
  }

  static async start(
    cinderUrl: string,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<FacadeDeployment> {
    const [proxy, keystone] = [await startCinderProxy(cinderUrl), await startTokenKeystone()];
    const deployment = new FacadeDeployment(cinderUrl, proxy, keystone, await freePort());
    Object.assign(deployment.#env, variables);
    await deployment.#start();
    return deployment;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#env.PORT}`;
  }

  async #start(): Promise<void> {
    this.#service = await startCommand("serve", this.#env);
  }

  /** Kills the service, and starts it again. */
  kill(): Promise<void> {
    const service = this.#service;
    this.#service = undefined;
    // It is being started already.
    if (service === undefined) return this.#restart;
    this.#restart = (async () => {
      await service.stop("SIGKILL");
      this.log.push(...service.process.lines);
      await this.#start();
    })();
    return this.#restart;
  }

  /** Waits until the service runs. */
  untilRunning = (): Promise<void> => this.#restart;

  /** Ends the service, and returns what `npm run fsck` finds, and the bytes of its files. */
  async inspect(): Promise<{ readonly code: number; readonly output: string; readonly files: string }> {
    await this.#restart;
    if (this.#service !== undefined) {
      await this.#service.stop();
      this.log.push(...this.#service.process.lines);
      this.#service = undefined;
    }
    const checked = await runCommand("fsck", [], this.#env);
    return { ...checked, files: readFileSync(path.join(this.#folder, "volume-transfers.db"), "latin1") };
  }

  async stop(): Promise<void> {
    await this.#restart;
    await this.#service?.stop("SIGKILL");
    await Promise.all([this.proxy.stop(), this.#keystone.stop()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Returns a client of the service. A 5xx and a lost connection are responses. */
  client = (project: string) => new Client(this.url, { project, roles: "member,reader", tolerant: true });

  /** Returns a client of Cinder that does not use the proxy: of a project, by default of an admin. */
  cinder = (project?: string) =>
    new BlockStorage(
      this.#cinderUrl,
      project ?? ADMIN_PROJECT,
      project === undefined ? "admin" : "member,reader",
      "3.70",
    );

  /** Creates a project without quota in Cinder. */
  async createProject(): Promise<string> {
    const project = crypto.randomUUID().replaceAll("-", "");
    const quota_set = { volumes: -1, gigabytes: -1, snapshots: -1 };
    await this.cinder().send("PUT", `os-quota-sets/${project}`, { quota_set });
    return project;
  }

  /** Creates a volume in Cinder, with snapshots. */
  async createVolume(project: string, snapshots = 0): Promise<string> {
    const owner = this.cinder(project);
    const id = await owner.create("volumes", { volume: { size: 1, name: "v" } });
    await owner.until(`volumes/${id}`, "available");
    for (let i = 0; i < snapshots; i++) {
      const snapshot = await owner.create("snapshots", { snapshot: { volume_id: id } });
      await owner.until(`snapshots/${snapshot}`, "available");
    }
    return id;
  }

  /** Returns the owner and the status of a volume, as Cinder shows it to an admin, also if Cinder is killed meanwhile. */
  async ownerOf(volume_id: string): Promise<{ readonly project: string; readonly status: string }> {
    const show = () => this.cinder().get(`volumes/${volume_id}`);
    const { volume } = volumeSchema.parse(await vi.waitFor(show, { timeout: 120_000, interval: 300 }));
    return { project: volume["os-vol-tenant-attr:tenant_id"], status: volume.status };
  }
}
