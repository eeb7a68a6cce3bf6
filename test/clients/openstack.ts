import * as z from "zod";
import {
  type Client,
  type ClientUnderTest,
  type Commands,
  type Refusal,
  VERSIONS,
  type Version,
} from "./client.ts";
import { openstackVariables } from "./client_config.ts";
import { installed } from "./installation.ts";
import type { Party } from "./project_members.ts";
import { command } from "./run_client.ts";

/** What `openstack` is told. */
export const OPENSTACK: Commands = {
  makeVolume: (gigabytes) => ["volume", "create", "--size", String(gigabytes)],
  makeSnapshot: (volume) => ["volume", "snapshot", "create", "--volume", volume, "snapshot"],
  offer: (volume, { name, withoutSnapshots }) => [
    ...["volume", "transfer", "request", "create"],
    ...(name === undefined ? [] : ["--name", name]),
    ...(withoutSnapshots ? ["--no-snapshots"] : []),
    volume,
  ],
  list: () => ["volume", "transfer", "request", "list"],
  show: (transfer) => ["volume", "transfer", "request", "show", transfer],
  accept: (transfer, authKey) => [
    ...["volume", "transfer", "request", "accept", "--auth-key", authKey],
    transfer,
  ],
  delete: (transfer) => ["volume", "transfer", "request", "delete", transfer],
};

const thing = z.object({ id: z.string() });
const things = z.array(z.object({ ID: z.string(), Status: z.string() }));
const transfer = z.object({ id: z.string(), name: z.string().nullable(), volume_id: z.string() });
const offer = transfer.extend({ auth_key: z.string() });
const offers = z.array(z.object({ ID: z.string(), Name: z.string().nullable(), Volume: z.string() }));

function connect(party: Party, version: Version): Client {
  const run = (args: readonly string[]): Promise<string> => {
    const asked = version === "default" ? [] : ["--os-volume-api-version", version];
    return command(installed("openstack"), [...asked, ...args], openstackVariables(party.login));
  };
  const ask = async <T>(schema: z.ZodType<T>, args: readonly string[]): Promise<T> =>
    schema.parse(JSON.parse(await run([...args, "--format", "json"])));
  const listThings = async (args: readonly string[]) =>
    (await ask(things, args)).map(({ ID, Status }) => ({ id: ID, status: Status }));
  return {
    makeVolume: async (gigabytes) => (await ask(thing, OPENSTACK.makeVolume(gigabytes))).id,
    makeSnapshot: async (volume) => (await ask(thing, OPENSTACK.makeSnapshot(volume))).id,
    volumes: () => listThings(["volume", "list"]),
    snapshots: () => listThings(["volume", "snapshot", "list"]),
    offer: (volume, options) => ask(offer, OPENSTACK.offer(volume, options)),
    list: async () =>
      (await ask(offers, OPENSTACK.list())).map(({ ID, Name, Volume }) => ({
        id: ID,
        name: Name,
        volume_id: Volume,
      })),
    show: (id) => ask(transfer, OPENSTACK.show(id)),
    find: (name) => ask(transfer, OPENSTACK.show(name)),
    accept: (id, authKey) => ask(transfer, OPENSTACK.accept(id, authKey)),
    delete: async (id) => {
      await run(OPENSTACK.delete(id));
    },
  };
}

const failed = (stderr: string) => ({ "exit code": 1, stderr });

/** The command `openstack`, of python-openstackclient. It works by way of openstacksdk. */
export const openstack: ClientUnderTest = {
  name: "openstack",
  versions: VERSIONS,
  leavesSnapshots: true,
  connect,
  shows: {
    accept: (refusal) => failed(httpException(refusal, "/accept")),
    show: ({ transfer }) => failed(`No Transfer found for ${transfer}`),
    delete: (refusal) =>
      failed(
        `Failed to delete volume transfer request with name or ID '${refusal.transfer}': ` +
          `${httpException(refusal)}\n1 of 1 volume transfer requests failed to delete`,
      ),
  },
};

/** openstacksdk's classes of exceptions, by status; others are plain. */
const EXCEPTIONS: Readonly<Record<number, string>> = { 400: "BadRequestException", 404: "NotFoundException" };

/** The class of openstacksdk's exception for a refusal. */
export const exceptionClass = ({ fault }: Refusal): string => EXCEPTIONS[fault.status] ?? "HttpException";

/**
 * The text of openstacksdk's exception for a refusal.
 *
 * @param path what follows the transfer in the address
 */
export const httpException = (refusal: Refusal, path = ""): string =>
  `${exceptionClass(refusal)}: ${refusal.fault.status}: ${clientError(refusal, path)}`;

/** What openstacksdk says of a request that failed: where, and the service's words. */
export const clientError = ({ endpoint, transfer, fault }: Refusal, path = ""): string =>
  `Client Error for url: ${endpoint}/volume-transfers/${transfer}${path}, ${fault.message}`;
