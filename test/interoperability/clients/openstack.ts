import * as z from "zod";
import { type Client, type ClientUnderTest, type Commands, VERSIONS, type Version } from "./client.ts";
import { openstackVariables } from "./client_config.ts";
import { installedProgram } from "./installation.ts";
import type { ProjectMember } from "./project_members.ts";
import { runCommand } from "./run_client.ts";
import { exceptionText } from "./sdk_exceptions.ts";

/** The arguments of `openstack`. */
export const OPENSTACK_COMMANDS: Commands = {
  createVolume: (gigabytes) => ["volume", "create", "--size", String(gigabytes)],
  createSnapshot: (volume) => ["volume", "snapshot", "create", "--volume", volume, "snapshot"],
  createTransfer: (volume, { name, noSnapshots }) => [
    ...["volume", "transfer", "request", "create"],
    ...(name === undefined ? [] : ["--name", name]),
    ...(noSnapshots ? ["--no-snapshots"] : []),
    volume,
  ],
  listTransfers: () => ["volume", "transfer", "request", "list"],
  showTransfer: (transfer) => ["volume", "transfer", "request", "show", transfer],
  acceptTransfer: (transfer, authKey) => [
    ...["volume", "transfer", "request", "accept", "--auth-key", authKey],
    transfer,
  ],
  deleteTransfer: (transfer) => ["volume", "transfer", "request", "delete", transfer],
};

const created = z.object({ id: z.string() });
const resources = z.array(z.object({ ID: z.string(), Status: z.string() }));
const transfer = z.object({ id: z.string(), name: z.string().nullable(), volume_id: z.string() });
const createdTransfer = transfer.extend({ auth_key: z.string() });
const listedTransfers = z.array(
  z.object({ ID: z.string(), Name: z.string().nullable(), Volume: z.string() }),
);

function connect(member: ProjectMember, version: Version): Client {
  const run = (args: readonly string[]): Promise<string> => {
    const versionArgs = version === "default" ? [] : ["--os-volume-api-version", version];
    return runCommand(
      installedProgram("openstack"),
      [...versionArgs, ...args],
      openstackVariables(member.credentials),
    );
  };
  const runForJson = async <T>(schema: z.ZodType<T>, args: readonly string[]): Promise<T> =>
    schema.parse(JSON.parse(await run([...args, "--format", "json"])));
  const list = async (args: readonly string[]) =>
    (await runForJson(resources, args)).map(({ ID, Status }) => ({ id: ID, status: Status }));
  return {
    createVolume: async (gigabytes) =>
      (await runForJson(created, OPENSTACK_COMMANDS.createVolume(gigabytes))).id,
    createSnapshot: async (volume) =>
      (await runForJson(created, OPENSTACK_COMMANDS.createSnapshot(volume))).id,
    listVolumes: () => list(["volume", "list"]),
    listSnapshots: () => list(["volume", "snapshot", "list"]),
    createTransfer: (volume, options) =>
      runForJson(createdTransfer, OPENSTACK_COMMANDS.createTransfer(volume, options)),
    listTransfers: async () =>
      (await runForJson(listedTransfers, OPENSTACK_COMMANDS.listTransfers())).map(({ ID, Name, Volume }) => ({
        id: ID,
        name: Name,
        volume_id: Volume,
      })),
    showTransfer: (id) => runForJson(transfer, OPENSTACK_COMMANDS.showTransfer(id)),
    findTransfer: (name) => runForJson(transfer, OPENSTACK_COMMANDS.showTransfer(name)),
    acceptTransfer: (id, authKey) => runForJson(transfer, OPENSTACK_COMMANDS.acceptTransfer(id, authKey)),
    deleteTransfer: async (id) => {
      await run(OPENSTACK_COMMANDS.deleteTransfer(id));
    },
  };
}

const failure = (stderr: string) => ({ "exit code": 1, stderr });

/** The command `openstack` of python-openstackclient. It uses openstacksdk. */
export const openstack: ClientUnderTest = {
  name: "openstack",
  versions: VERSIONS,
  supportsNoSnapshots: true,
  connect,
  reports: {
    accept: (refusal) => failure(exceptionText(refusal, "/accept")),
    show: ({ transfer }) => failure(`No Transfer found for ${transfer}`),
    delete: (refusal) =>
      failure(
        `Failed to delete volume transfer request with name or ID '${refusal.transfer}': ` +
          `${exceptionText(refusal)}\n1 of 1 volume transfer requests failed to delete`,
      ),
  },
};
