import * as z from "zod";
import { type Client, type ClientUnderTest, type Refusal, VERSIONS, type Version } from "./client.ts";
import { gophercloudVariables } from "./client_config.ts";
import { GOPHERCLOUD_PROGRAM } from "./installation.ts";
import { type ProjectMember, writeCloudsYaml } from "./project_members.ts";
import { ClientError, callLibrary, type Failure } from "./run_client.ts";

const created = z.object({ id: z.string() });
const pagesOfResources = z.array(z.array(z.object({ id: z.string(), status: z.string() })));
const transfer = z.object({ id: z.string(), name: z.string(), volume_id: z.string() });
const createdTransfer = transfer.extend({ auth_key: z.string() });
const pagesOfTransfers = z.array(z.array(transfer));

/** Returns a function that calls functions of gophercloud as a project member. */
function caller(member: ProjectMember, version: Version) {
  const variables = {
    ...(member.credentials.auth === "Keystone" && writeCloudsYaml(member)),
    ...gophercloudVariables(member.credentials),
    ...(version !== "default" && { OS_VOLUME_API_VERSION: version }),
  };
  return async <T>(schema: z.ZodType<T>, name: string, args: object = {}): Promise<T> => {
    try {
      return schema.parse(await callLibrary(GOPHERCLOUD_PROGRAM, [name, JSON.stringify(args)], variables));
    } catch (error) {
      throw error instanceof ClientError ? new ClientError(name, parseBody(error.failure)) : error;
    }
  };
}

/** Parses the response body at the end of gophercloud's messages: the order of JSON properties does not matter. */
function parseBody({ type, message, ...rest }: Failure): Failure {
  const [, text, body] = /^(.* instead: )(\{.*\})$/s.exec(String(message)) ?? [];
  if (text === undefined || body === undefined) return { type, message, ...rest };
  return { type, message: text, body: JSON.parse(body) };
}

/**
 * Lists the transfers of a project with gophercloud's pager.
 *
 * @param limit the most items of a page
 * @returns the names on each page
 */
export async function listPages(member: ProjectMember, version: Version, limit: number): Promise<string[][]> {
  const pages = await caller(member, version)(pagesOfTransfers, "transfers.List", { Limit: limit });
  return pages.map((page) => page.map(({ name }) => name));
}

function connect(member: ProjectMember, version: Version): Client {
  const call = caller(member, version);
  const listTransfers = async () => (await call(pagesOfTransfers, "transfers.List")).flat();
  return {
    createVolume: async (size) => (await call(created, "volumes.Create", { Size: size })).id,
    createSnapshot: async (volume) => (await call(created, "snapshots.Create", { VolumeID: volume })).id,
    listVolumes: async () => (await call(pagesOfResources, "volumes.List")).flat(),
    listSnapshots: async () => (await call(pagesOfResources, "snapshots.List")).flat(),
    createTransfer: (volume, { name }) =>
      call(createdTransfer, "transfers.Create", { VolumeID: volume, Name: name }),
    listTransfers,
    showTransfer: (id) => call(transfer, "transfers.Get", { ID: id }),
    // gophercloud cannot find a transfer by its name. Programs search the list.
    findTransfer: async (name) => {
      const found = (await listTransfers()).find((listed) => listed.name === name);
      if (found === undefined) throw new Error(`no transfer is named ${name}`);
      return found;
    },
    acceptTransfer: (id, authKey) => call(transfer, "transfers.Accept", { ID: id, AuthKey: authKey }),
    deleteTransfer: async (id) => {
      await call(z.null(), "transfers.Delete", { ID: id });
    },
  };
}

/** Returns the error of gophercloud for an unexpected status. gophercloud uses the path of before 3.55. */
const unexpectedStatus = (
  expected: string,
  method: string,
  path: string,
  { endpoint, transfer, fault }: Refusal,
): Failure => ({
  type: "gophercloud.ErrUnexpectedResponseCode",
  message:
    `Expected HTTP response code ${expected} when accessing ` +
    `[${method} ${endpoint}/os-volume-transfer/${transfer}${path}], but got ${fault.status} instead: `,
  body: fault.body,
});

/** The library gophercloud. By default it uses the oldest microversion. */
export const gophercloud: ClientUnderTest = {
  name: "gophercloud",
  versions: VERSIONS,
  supportsNoSnapshots: false,
  connect,
  reports: {
    accept: (refusal) => unexpectedStatus("[202]", "POST", "/accept", refusal),
    show: (refusal) => unexpectedStatus("[200]", "GET", "", refusal),
    delete: (refusal) => unexpectedStatus("[202 204]", "DELETE", "", refusal),
  },
};
