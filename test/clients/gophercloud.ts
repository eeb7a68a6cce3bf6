import * as z from "zod";
import { type Client, type ClientUnderTest, type Refusal, VERSIONS, type Version } from "./client.ts";
import { gophercloudVariables } from "./client_config.ts";
import { GOPHERCLOUD } from "./installation.ts";
import { type Party, withCloudsYaml } from "./project_members.ts";
import { ClientFailed, callLibrary, type Shown } from "./run_client.ts";

const made = z.object({ id: z.string() });
const pagesOfThings = z.array(z.array(z.object({ id: z.string(), status: z.string() })));
const transfer = z.object({ id: z.string(), name: z.string(), volume_id: z.string() });
const offer = transfer.extend({ auth_key: z.string() });
const pagesOfTransfers = z.array(z.array(transfer));

/** Calls of gophercloud's functions, in the name of a party. */
function caller(party: Party, version: Version) {
  const variables = {
    ...(party.login.auth === "Keystone" && withCloudsYaml(party)),
    ...gophercloudVariables(party.login),
    ...(version !== "default" && { OS_VOLUME_API_VERSION: version }),
  };
  return async <T>(schema: z.ZodType<T>, name: string, args: object = {}): Promise<T> => {
    try {
      return schema.parse(await callLibrary(GOPHERCLOUD, [name, JSON.stringify(args)], variables));
    } catch (error) {
      throw error instanceof ClientFailed ? new ClientFailed(name, parted(error.shown)) : error;
    }
  };
}

/** gophercloud's messages end with the answer's body: as JSON, where spaces and the order of names are free. */
function parted({ type, message, ...rest }: Shown): Shown {
  const [, words, body] = /^(.* instead: )(\{.*\})$/s.exec(String(message)) ?? [];
  if (words === undefined || body === undefined) return { type, message, ...rest };
  return { type, message: words, body: JSON.parse(body) };
}

/**
 * Lists a party's transfers with gophercloud's pager.
 *
 * @param limit how many a page may have
 * @returns the names on each page
 */
export async function pageThrough(party: Party, version: Version, limit: number): Promise<string[][]> {
  const pages = await caller(party, version)(pagesOfTransfers, "transfers.List", { Limit: limit });
  return pages.map((page) => page.map(({ name }) => name));
}

function connect(party: Party, version: Version): Client {
  const call = caller(party, version);
  const list = async () => (await call(pagesOfTransfers, "transfers.List")).flat();
  return {
    makeVolume: async (size) => (await call(made, "volumes.Create", { Size: size })).id,
    makeSnapshot: async (volume) => (await call(made, "snapshots.Create", { VolumeID: volume })).id,
    volumes: async () => (await call(pagesOfThings, "volumes.List")).flat(),
    snapshots: async () => (await call(pagesOfThings, "snapshots.List")).flat(),
    offer: (volume, { name }) => call(offer, "transfers.Create", { VolumeID: volume, Name: name }),
    list,
    show: (id) => call(transfer, "transfers.Get", { ID: id }),
    // It has no function for it: programs look through the list.
    find: async (name) => {
      const found = (await list()).find((one) => one.name === name);
      if (found === undefined) throw new Error(`no transfer ${name}`);
      return found;
    },
    accept: (id, authKey) => call(transfer, "transfers.Accept", { ID: id, AuthKey: authKey }),
    delete: async (id) => {
      await call(z.null(), "transfers.Delete", { ID: id });
    },
  };
}

/** What gophercloud shows of an answer that it did not expect. It keeps to the path of before 3.55. */
const unexpected = (
  expected: string,
  method: string,
  path: string,
  { endpoint, transfer, fault }: Refusal,
) => ({
  type: "gophercloud.ErrUnexpectedResponseCode",
  message:
    `Expected HTTP response code ${expected} when accessing ` +
    `[${method} ${endpoint}/os-volume-transfer/${transfer}${path}], but got ${fault.status} instead: `,
  body: fault.body,
});

/** The library gophercloud. Unless it is told a version, it speaks the oldest. */
export const gophercloud: ClientUnderTest = {
  name: "gophercloud",
  versions: VERSIONS,
  leavesSnapshots: false,
  connect,
  shows: {
    accept: (refusal) => unexpected("[202]", "POST", "/accept", refusal),
    show: (refusal) => unexpected("[200]", "GET", "", refusal),
    delete: (refusal) => unexpected("[202 204]", "DELETE", "", refusal),
  },
};
