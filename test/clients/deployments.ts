import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { freePort, serverUrl } from "../../src/cli/servers/ready.ts";
import { startOnBoth } from "../identity/running.ts";
import { IdentityApi } from "../keystone/api.ts";
import { REGION } from "../keystone/data.ts";
import { type Keystone, startKeystone } from "../keystone/keystone.ts";
import { service } from "../service/setup.ts";

/** A running service: which database it is on, and who tells it who its callers are. */
export type Deployment = { readonly database: "D1" | "libSQL"; readonly url: string } & (
  | { readonly auth: "no-auth" }
  | {
      readonly auth: "Keystone";
      readonly keystone: {
        /** With the `/v3`. */
        readonly url: string;
        /** The region that the service has in the catalog. */
        readonly region: string;
        /** Everybody's, the admin's too. */
        readonly password: string;
      };
    }
);

/** How a deployment is called in titles and tables. */
export const titleOf = ({ auth, database }: Deployment): string => `${auth}, ${database}`;

/** What ends the things that were started, to which whoever starts one adds: what fails half-way must end, too. */
export type Stops = (() => Promise<unknown>)[];

/** The service on both databases, where anybody is who he says he is. */
export async function withoutAuth(stops: Stops): Promise<Deployment[]> {
  const { urls, stop } = await startOnBoth({ AUTH_STRATEGY: "noauth" });
  stops.push(stop);
  const databases = ["D1", "libSQL"] as const;
  return databases.map((database) => ({ auth: "no-auth", database, url: urls[database] }));
}

/** A Keystone of two regions, and the service on either database in one of them. */
export async function withKeystone(stops: Stops): Promise<Deployment[]> {
  const places = [
    { database: "D1", command: "start", region: REGION, port: await freePort() },
    { database: "libSQL", command: "serve", region: "RegionTwo", port: await freePort() },
  ] as const;
  const catalogUrl = (port: number) => `${serverUrl("127.0.0.1", port)}/v3/%(project_id)s`;
  const keystone = await startKeystone({ blockStorageUrl: catalogUrl(places[0].port) });
  stops.push(keystone.close);
  await addRegion(keystone, places[1].region, catalogUrl(places[1].port));
  const data = await mkdtemp(path.join(tmpdir(), "volume-transfers-test-"));
  stops.push(() => rm(data, { recursive: true }));
  return Promise.all(
    places.map(async ({ command, database, region, port }): Promise<Deployment> => {
      const { url, stop } = await service(command, {
        AUTH_STRATEGY: "keystone",
        KEYSTONE_URL: keystone.url,
        PORT: String(port),
        DATA_DIR: path.join(data, database),
      });
      stops.push(stop);
      return {
        auth: "Keystone",
        database,
        url,
        keystone: { url: keystone.url, region, password: keystone.password },
      };
    }),
  );
}

const catalog = z.object({ services: z.array(z.object({ id: z.string(), type: z.string() })) });

/** Makes a region that has the same Keystone, and in which the Block Storage service has an address of its own. */
async function addRegion(keystone: Keystone, region_id: string, url: string): Promise<void> {
  const api = new IdentityApi(keystone.url);
  const admin = await keystone.token("admin");
  await api.call(admin, "POST", "/regions", { region: { id: region_id } });
  const { services } = catalog.parse(await api.call(admin, "GET", "/services"));
  for (const { id, type } of services) {
    const address = type === "identity" ? keystone.url : url;
    const endpoint = { service_id: id, interface: "public", region_id, url: address };
    await api.call(admin, "POST", "/endpoints", { endpoint });
  }
}
