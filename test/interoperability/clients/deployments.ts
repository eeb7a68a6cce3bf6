import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { freePort, serverUrl } from "../../../src/cli/servers/ready.ts";
import { startCommand } from "../../support/command.ts";
import { startOnBoth } from "../../support/service.ts";
import type { Bundle } from "../../support/worker.ts";
import { IdentityApi } from "../keystone/api.ts";
import { REGION } from "../keystone/data.ts";
import { type Keystone, startKeystone } from "../keystone/keystone.ts";

/** A running service, with its database and its identity service. */
export type Deployment = { readonly database: "D1" | "libSQL"; readonly url: string } & (
  | { readonly auth: "no-auth" }
  | {
      readonly auth: "Keystone";
      readonly keystone: {
        /** With `/v3`. */
        readonly url: string;
        /** The region of the service in the catalog. */
        readonly region: string;
        /** The password of every user, including the admin. */
        readonly password: string;
      };
    }
);

/** Returns the name of a deployment in titles and tables. */
export const titleOf = ({ auth, database }: Deployment): string => `${auth}, ${database}`;

/** The functions to call at the end, in reverse order. Each step adds its own, so that a failed setup cleans up, too. */
export type Cleanups = (() => Promise<unknown>)[];

/** Starts the service on both databases without authentication. */
export async function deployWithoutAuth(bundle: Bundle, cleanups: Cleanups): Promise<Deployment[]> {
  const running = await startOnBoth({ AUTH_STRATEGY: "noauth" }, bundle);
  cleanups.push(running.stop);
  const databases = ["D1", "libSQL"] as const;
  return databases.map((database) => ({ auth: "no-auth", database, url: running[database].url }));
}

/** Starts a Keystone with two regions, and the service on each database in a region of its own. */
export async function deployWithKeystone(
  cleanups: Cleanups,
): Promise<{ readonly keystone: Keystone; readonly deployments: readonly Deployment[] }> {
  const regions = [
    { database: "D1", command: "dev", region: REGION, port: await freePort() },
    { database: "libSQL", command: "serve", region: "RegionTwo", port: await freePort() },
  ] as const;
  const catalogUrl = (port: number) => `${serverUrl("127.0.0.1", port)}/v3/%(project_id)s`;
  const keystone = await startKeystone({ blockStorageUrl: catalogUrl(regions[0].port) });
  cleanups.push(keystone.close);
  await addRegion(keystone, regions[1].region, catalogUrl(regions[1].port));
  const data = await mkdtemp(path.join(tmpdir(), "volume-transfers-test-"));
  cleanups.push(() => rm(data, { recursive: true }));
  const deployments = await Promise.all(
    regions.map(async ({ command, database, region, port }): Promise<Deployment> => {
      const { url, stop } = await startCommand(command, {
        AUTH_STRATEGY: "keystone",
        KEYSTONE_URL: keystone.url,
        // Clients do not retry, and do not care how busy the machine is.
        KEYSTONE_TIMEOUT_MS: "25000",
        DATABASE_TIMEOUT_MS: "25000",
        PORT: String(port),
        DATA_DIR: path.join(data, database),
      });
      cleanups.push(stop);
      return {
        auth: "Keystone",
        database,
        url,
        keystone: { url: keystone.url, region, password: keystone.password },
      };
    }),
  );
  return { keystone, deployments };
}

const catalog = z.object({ services: z.array(z.object({ id: z.string(), type: z.string() })) });

/** Adds a region to the catalog, with the same Keystone and another endpoint of the Block Storage service. */
export async function addRegion(keystone: Keystone, region_id: string, url: string): Promise<void> {
  const api = new IdentityApi(keystone.url);
  const admin = await keystone.token("admin");
  await api.call(admin, "POST", "/regions", { region: { id: region_id } });
  const { services } = catalog.parse(await api.call(admin, "GET", "/services"));
  for (const { id, type } of services) {
    const endpointUrl = type === "identity" ? keystone.url : url;
    const endpoint = { service_id: id, interface: "public", region_id, url: endpointUrl };
    await api.call(admin, "POST", "/endpoints", { endpoint });
  }
}
