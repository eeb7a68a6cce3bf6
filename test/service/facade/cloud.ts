import { type CinderProxy, startCinderProxy } from "../../support/cinder_proxy.ts";
import { Client, type Transfer } from "../../support/client.ts";
import type { DatabaseName } from "../../support/databases.ts";
import type { HttpServer } from "../../support/http_server.ts";
import { member } from "../../support/member.ts";
import {
  type LibsqlService,
  type ServiceOnBoth,
  startLibsqlService,
  startOnBoth,
} from "../../support/service.ts";
import { CREDENTIAL_SECRET, startTokenKeystone } from "../../support/token_keystone.ts";
import { NO_QUOTA } from "../../support/worker.ts";

/** Variables of a service that gives up on Cinder soon. */
export const IMPATIENT = { CINDER_TIMEOUT_MS: "1500" };

/**
 * A Cinder with the service in front of it. The Cinder is the service itself, with volumes of its own: what
 * `test/interoperability/facade` states of a real one is tried here at every point, and often.
 */
export class Cloud {
  readonly cinder: LibsqlService;
  readonly proxy: CinderProxy;
  readonly services: ServiceOnBoth;
  readonly #keystone: HttpServer;

  private constructor(
    cinder: LibsqlService,
    proxy: CinderProxy,
    services: ServiceOnBoth,
    keystone: HttpServer,
  ) {
    this.cinder = cinder;
    this.proxy = proxy;
    this.services = services;
    this.#keystone = keystone;
  }

  /** @param variables of the service in front */
  static async start(variables: Readonly<Record<string, string>> = {}): Promise<Cloud> {
    const cinder = await startLibsqlService({ AUTH_STRATEGY: "noauth", ...NO_QUOTA });
    const [proxy, keystone] = await Promise.all([startCinderProxy(cinder.url), startTokenKeystone()]);
    const services = await startOnBoth({
      AUTH_STRATEGY: "keystone",
      KEYSTONE_URL: keystone.url,
      CINDER_URL: proxy.url,
      ...variables,
    });
    return new Cloud(cinder, proxy, services, keystone);
  }

  /** Makes the clients of a new project: of the service in front on a database, and of the Cinder behind it. */
  project(database: DatabaseName): ProjectClient {
    const inCinder = new Client(this.cinder.url);
    const { project } = inCinder;
    return Object.assign(new Client(this.services[database].url, { project, tolerant: true }), { inCinder });
  }

  /** Breaks the connection at a point, and lets nobody reach Cinder until it `comesBack`. */
  goesAwayAt(point: string): void {
    this.proxy.onPoint = (reached) => {
      if (reached !== point) return;
      this.proxy.away = true;
      throw new Error("broken by the test");
    };
  }

  /** Lets everybody reach Cinder, and breaks no connection any more. */
  comesBack(): void {
    this.proxy.onPoint = () => {};
    this.proxy.away = false;
  }

  stop = async (): Promise<void> => {
    await this.services.stop();
    await Promise.all([this.proxy.stop(), this.#keystone.stop()]);
    await this.cinder.stop();
  };
}

/** A client of the service in front of a Cinder, and one of the same project of the Cinder itself. */
export type ProjectClient = Client & { readonly inCinder: Client };

/** Creates a volume in Cinder, and a transfer of it. */
export async function offer(donor: ProjectClient, properties: object = {}, snapshots = 0): Promise<Transfer> {
  const volume = await donor.inCinder.createVolume({ name: "web", description: "the shop", size: 3 });
  for (let i = 0; i < snapshots; i++) await donor.inCinder.createSnapshot(volume);
  const { status, body } = await donor.createTransfer(volume, properties);
  if (status !== 202) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body.transfer;
}

/** Returns the status of a volume in Cinder for a project; undefined if it is not the project's. */
export const statusInCinder = async ({ inCinder }: ProjectClient, volume_id: string) =>
  (await inCinder.get(`volumes/${volume_id}`)).body.volume?.status;

/** Returns how the transfers of a project have ended, the last first. */
export const endings = async (client: Client) =>
  (await client.get("volume-transfers/history")).body.transfers.map((transfer) =>
    member(transfer, "ended_as"),
  );

/** Variables with which the sweep ends transfers in Cinder. */
export const WITH_CREDENTIAL = {
  CINDER_CREDENTIAL_ID: "sweeper:sweepers:admin",
  CINDER_CREDENTIAL_SECRET: CREDENTIAL_SECRET,
};
