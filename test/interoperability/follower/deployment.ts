import { createClient } from "@libsql/client";
import { expect, vi } from "vitest";
import * as z from "zod";
import { type CinderProxy, startCinderProxy } from "../../support/cinder_proxy.ts";
import { runCommand } from "../../support/command.ts";
import { freePort } from "../../support/free_port.ts";
import { type LibsqlService, startLibsqlService } from "../../support/service.ts";
import { NO_QUOTA } from "../../support/worker.ts";
import { BlockStorage } from "../cinder/block_storage.ts";
import { ADMIN_PROJECT, Follower, type Mode, SECRET } from "./follower.ts";

const ACCEPTED = "org.openstack.volume_transfer.accepted";
/** A limit that only a follower in error reaches. */
const WAIT = { timeout: 1_200_000, interval: 500 };

const OWNER = {
  volumes: "os-vol-tenant-attr:tenant_id",
  snapshots: "os-extended-snapshot-attributes:project_id",
};
const resources = z.array(z.looseObject({ id: z.string() }));
const handoverEvents = z.object({ events: z.array(z.looseObject({ id: z.string(), subject: z.string() })) });
const created = z.object({ transfer: z.object({ id: z.string(), auth_key: z.string() }) });

/** The service, a Cinder, and a follower between them. */
export class FollowedService {
  readonly follower: Follower;
  readonly proxy: CinderProxy;
  readonly #cinderUrl: string;
  readonly #service: LibsqlService;
  readonly #variables: Readonly<Record<string, string>>;

  private constructor(
    follower: Follower,
    proxy: CinderProxy,
    cinderUrl: string,
    service: LibsqlService,
    variables: Readonly<Record<string, string>>,
  ) {
    this.follower = follower;
    this.proxy = proxy;
    this.#cinderUrl = cinderUrl;
    this.#service = service;
    this.#variables = variables;
  }

  /** Starts a service with a new database. The follower is started by the test. */
  static async start(cinderUrl: string, mode: Mode): Promise<FollowedService> {
    const port = await freePort();
    const webhooks = { WEBHOOK_URLS: `http://127.0.0.1:${port}/`, WEBHOOK_SECRET: SECRET };
    const variables = { ...NO_QUOTA, AUTH_STRATEGY: "noauth", ...(mode === "webhooks" && webhooks) };
    const [service, proxy] = [await startLibsqlService(variables), await startCinderProxy(cinderUrl)];
    const follower = new Follower(mode, { service: service.url, cinder: proxy.url, port });
    return new FollowedService(follower, proxy, cinderUrl, service, variables);
  }

  async stop(): Promise<void> {
    await this.follower.stop();
    await this.proxy.stop();
    await this.#service.stop();
  }

  /** Returns a client of Cinder that does not use the proxy: of a project, by default of an admin. */
  cinder = (project?: string) => clientOf(this.#cinderUrl, project);
  /** Returns a client of the service: of a project, by default of an admin. */
  service = (project?: string) => clientOf(this.#service.url, project);

  /** Creates a project without quota in Cinder. */
  async createProject(): Promise<string> {
    const project = crypto.randomUUID().replaceAll("-", "");
    await this.setQuota(project, -1);
    return project;
  }

  /** Sets how many volumes a project may have in Cinder. */
  async setQuota(project: string, volumes: number): Promise<void> {
    const quota_set = { volumes, gigabytes: -1, snapshots: -1 };
    await this.cinder().send("PUT", `os-quota-sets/${project}`, { quota_set });
  }

  /** Creates a volume in Cinder, with snapshots. */
  async createVolume(project: string, snapshots = 0): Promise<string> {
    const owner = this.cinder(project);
    const id = await owner.create("volumes", { volume: { size: 1 } });
    await owner.until(`volumes/${id}`, "available");
    for (let i = 0; i < snapshots; i++) await this.createSnapshot(id, project);
    return id;
  }

  /** Creates a snapshot in Cinder. */
  async createSnapshot(volume_id: string, project: string): Promise<void> {
    const owner = this.cinder(project);
    const id = await owner.create("snapshots", { snapshot: { volume_id } });
    await owner.until(`snapshots/${id}`, "available");
  }

  /** Creates a transfer in Cinder, and returns its id. */
  offerInCinder = (volume_id: string, project: string, name: string): Promise<string> =>
    this.cinder(project).create("volume-transfers", { transfer: { volume_id, name } });

  /** Imports what Cinder has into the service. */
  async import(): Promise<void> {
    const { code, output } = await runCommand("import", ["--from", this.#cinderUrl], {
      LIBSQL_URL: this.#service.databaseUrl,
      OS_TOKEN: `tester:${ADMIN_PROJECT}:admin`,
      OS_PROJECT_ID: ADMIN_PROJECT,
    });
    expect(code, output).toBe(0);
  }

  /** Hands over a volume in the service. */
  async handOver(volume_id: string, from: string, to: string, no_snapshots = false): Promise<void> {
    const offer = { transfer: { volume_id, no_snapshots } };
    const { transfer } = created.parse(await this.service(from).send("POST", "volume-transfers", offer));
    const accept = { accept: { auth_key: transfer.auth_key } };
    await this.service(to).send("POST", `volume-transfers/${transfer.id}/accept`, accept);
  }

  /** Returns the events of all handovers, the oldest first. */
  async handovers(): Promise<z.output<typeof handoverEvents>["events"]> {
    const all = [];
    for (let marker = ""; ; ) {
      const query = `all_tenants=1&type=${ACCEPTED}&limit=100${marker && `&marker=${marker}`}`;
      const { events } = handoverEvents.parse(await this.service().get(`events?${query}`));
      all.push(...events);
      const last = events.at(-1);
      if (last === undefined) return all;
      marker = last.id;
    }
  }

  /** Returns the owners of volumes and of their snapshots, as Cinder or the service shows them. */
  async owners(api: BlockStorage, volumes: readonly string[]): Promise<Record<string, unknown>> {
    const found: [string, unknown][] = [];
    for (const kind of ["volumes", "snapshots"] as const) {
      const answer = z.record(z.string(), z.unknown()).parse(await api.get(`${kind}/detail?all_tenants=1`));
      for (const resource of resources.parse(answer[kind])) {
        const volume = kind === "volumes" ? resource.id : resource.volume_id;
        if (volumes.some((id) => id === volume))
          found.push([`${kind} ${resource.id}`, resource[OWNER[kind]]]);
      }
    }
    return Object.fromEntries(found);
  }

  /** Waits until the follower has applied the last handover of each volume. */
  async untilApplied(): Promise<void> {
    const last = new Map((await this.handovers()).map(({ id, subject }) => [subject, id]));
    await vi.waitFor(async () => {
      await this.#deliver();
      const behind = [...last].filter(([volume, id]) => this.follower.applied(volume) !== id);
      expect(behind, this.follower.output.slice(-2000)).toEqual([]);
    }, WAIT);
  }

  /** Delivers the webhooks that wait, without the pauses between the attempts. */
  async #deliver(): Promise<void> {
    if (!("WEBHOOK_URLS" in this.#variables)) return;
    await createClient({ url: this.#service.databaseUrl }).execute("update event_retries set next_at = 0");
    await this.#service.sweep();
  }
}

const clientOf = (url: string, project?: string) =>
  project === undefined
    ? new BlockStorage(url, ADMIN_PROJECT, "admin", "3.70")
    : new BlockStorage(url, project, "member,reader", "3.70");
