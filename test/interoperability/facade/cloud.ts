import { expect, vi } from "vitest";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { Client } from "../../support/client.ts";
import { DEFAULT_VERSION, installCinder } from "../cinder/installation.ts";
import { startCinder } from "../cinder/servers.ts";
import { USERS, type UserName } from "../keystone/keystone.ts";
import { type Cloud, startCloud } from "../tempest/cloud.ts";
import { type Barbican, startBarbican } from "./barbican.ts";

/** A limit that only a Cinder in error reaches. */
const WAIT = { timeout: 60_000, interval: 200 };

/** A cloud with a real Keystone and a real Cinder 29.0. Its catalog names the service in front of Cinder. */
export interface FacadeCloud extends Cloud {
  /** The URL of Cinder, which clients do not use. */
  readonly cinderUrl: string;
  /** The URL of Barbican; empty without one. */
  readonly barbicanUrl: string;
  /** Returns a client with a new token: of the service, or of Cinder itself. */
  client(user: UserName, url?: string): Promise<Client>;
  /** Creates a volume of a user in Cinder, with a snapshot, and returns its id. */
  createVolume(user: UserName, properties: object): Promise<string>;
}

/**
 * Starts a cloud, whose sweep has an application credential of the admin.
 *
 * @param options.hasBarbican whether volumes can be encrypted
 */
export async function startFacadeCloud({ hasBarbican = false } = {}): Promise<FacadeCloud> {
  const processes = new Processes((failure) => console.error(failure.message));
  let cinderUrl = "";
  let barbican: Barbican | undefined;
  const stop = async () => {
    await barbican?.stop();
    await processes.stop();
  };
  const cloud = await startCloud({
    hasStubs: false,
    startCinder: async (keystone) => {
      if (hasBarbican) barbican = await startBarbican(keystone, processes);
      const installation = await installCinder(DEFAULT_VERSION, processes);
      const cinder = await startCinder(installation, processes, {
        ...keystone,
        barbicanUrl: barbican?.url,
      });
      cinderUrl = cinder.url;
      return cinder;
    },
    variables: async ({ applicationCredential }) => {
      const { id, secret } = await applicationCredential("admin");
      return { CINDER_CREDENTIAL_ID: id, CINDER_CREDENTIAL_SECRET: secret };
    },
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const { keystone, url } = cloud;
  const client = async (user: UserName, at = url) =>
    new Client(at, { token: await keystone.token(user), project: keystone.projects[USERS[user].project] });
  return {
    ...cloud,
    cinderUrl,
    barbicanUrl: barbican?.url ?? "",
    client,
    createVolume: async (user, properties) => {
      const owner = await client(user, cinderUrl);
      const volume = await owner.createVolume(properties);
      const isAvailable = (path: string) =>
        vi.waitFor(async () => {
          const { body } = await owner.get(path);
          expect((body.volume ?? body.snapshot).status).toBe("available");
        }, WAIT);
      await isAvailable(`volumes/${volume}`);
      await isAvailable(`snapshots/${await owner.createSnapshot(volume)}`);
      return volume;
    },
    stop: async () => {
      await cloud.stop();
      await stop();
    },
  };
}
