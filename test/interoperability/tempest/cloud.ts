import * as z from "zod";
import { serverUrl } from "../../../src/cli/servers/ready.ts";
import { temporaryFolder } from "../../../src/cli/settings/settings.ts";
import { startCommand } from "../../support/command.ts";
import { freePort } from "../../support/free_port.ts";
import type { CinderKeystone } from "../cinder/servers.ts";
import { addRegion } from "../clients/deployments.ts";
import { IdentityApi } from "../keystone/api.ts";
import { REGION } from "../keystone/data.ts";
import { type Keystone, startKeystone } from "../keystone/keystone.ts";
import { STUB_SERVICES, startStubs } from "./stubs.ts";

/** A cloud: Keystone, the service on libSQL, and what the tests need besides. */
export interface Cloud {
  readonly url: string;
  /** The log of the service. */
  readonly lines: readonly string[];
  readonly keystone: Keystone;
  stop(): Promise<void>;
}

interface CloudOptions {
  /** Whether the catalog has the stubs, which only Tempest understands. */
  readonly hasStubs: boolean;
  /** Starts a Cinder that asks the Keystone; the service stands in front of it. */
  readonly startCinder?: ((keystone: CinderKeystone) => Promise<{ readonly url: string }>) | undefined;
  /** Makes further variables of the service. */
  readonly variables?: (keystone: Keystone) => Promise<Readonly<Record<string, string>>>;
}

/** The region of the catalog in which clients find the Cinder, past the service. */
export const CINDER_REGION = "CinderAlone";

/**
 * Starts a cloud.
 *
 * @throws ChildProcessError, Error if a part of it does not start
 */
export async function startCloud({ hasStubs, startCinder, variables }: CloudOptions): Promise<Cloud> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  };
  try {
    const port = await freePort();
    const url = serverUrl("127.0.0.1", port);
    const keystone = await startKeystone({ blockStorageUrl: `${url}/v3/%(project_id)s` });
    cleanups.push(keystone.close);
    const cinder = await startCinder?.(await cinderKeystone(keystone));
    if (cinder !== undefined) await addRegion(keystone, CINDER_REGION, `${cinder.url}/v3/%(project_id)s`);
    if (hasStubs) {
      const stubs = await startStubs();
      cleanups.push(stubs.stop);
      await addStubs(keystone, stubs.url);
    }
    const service = await startCommand("serve", {
      AUTH_STRATEGY: "keystone",
      KEYSTONE_URL: keystone.url,
      // Tempest does not retry, and does not care how busy the machine is.
      KEYSTONE_TIMEOUT_MS: "25000",
      DATABASE_TIMEOUT_MS: "25000",
      PORT: String(port),
      DATA_DIR: temporaryFolder(),
      ...(cinder !== undefined && { CINDER_URL: cinder.url }),
      ...(await variables?.(keystone)),
    });
    cleanups.push(() => service.stop());
    return { url: service.url, lines: service.process.lines, keystone, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Returns what a Cinder must know of a Keystone. */
const cinderKeystone = async ({ url, password, projects, token }: Keystone): Promise<CinderKeystone> => ({
  url,
  password,
  probe: { token: await token("admin"), project: projects.admin },
});

const made = z.object({ service: z.object({ id: z.string() }) });

/** Adds the stubs to the catalog of Keystone. */
async function addStubs(keystone: Keystone, url: string): Promise<void> {
  const api = new IdentityApi(keystone.url);
  const admin = await keystone.token("admin");
  for (const { type, name, path } of STUB_SERVICES) {
    const service = made.parse(await api.call(admin, "POST", "/services", { service: { type, name } }));
    const endpoint = {
      service_id: service.service.id,
      interface: "public",
      region_id: REGION,
      url: url + path,
    };
    await api.call(admin, "POST", "/endpoints", { endpoint });
  }
}
