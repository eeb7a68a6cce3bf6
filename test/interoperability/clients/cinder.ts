import { type Client, type ClientUnderTest, type Commands, VERSIONS, type Version } from "./client.ts";
import { cinderVariables } from "./client_config.ts";
import { installedProgram } from "./installation.ts";
import { parsePropertyTable, parseTable, type TableRow, tableCell } from "./pretty_table.ts";
import type { ProjectMember } from "./project_members.ts";
import { runCommand } from "./run_client.ts";

/** The arguments of `cinder`. */
export const CINDER_COMMANDS: Commands = {
  createVolume: (gigabytes) => ["create", String(gigabytes)],
  createSnapshot: (volume) => ["snapshot-create", volume],
  createTransfer: (volume, { name, noSnapshots }) => [
    "transfer-create",
    ...(name === undefined ? [] : ["--name", name]),
    ...(noSnapshots ? ["--no-snapshots"] : []),
    volume,
  ],
  listTransfers: () => ["transfer-list"],
  showTransfer: (transfer) => ["transfer-show", transfer],
  acceptTransfer: (transfer, authKey) => ["transfer-accept", transfer, authKey],
  deleteTransfer: (transfer) => ["transfer-delete", transfer],
};

/** `cinder` prints a missing name in three ways. */
function nameIn(row: TableRow, column: string): string | null {
  const name = tableCell(row, column);
  return ["None", "-", ""].includes(name) ? null : name;
}

function parseTransfer(output: string) {
  const row = parsePropertyTable(output);
  return { id: tableCell(row, "id"), name: nameIn(row, "name"), volume_id: tableCell(row, "volume_id") };
}

const parseResources = (output: string) =>
  parseTable(output).map((row) => ({ id: tableCell(row, "ID"), status: tableCell(row, "Status") }));

function connect(member: ProjectMember, version: Version): Client {
  const run = (args: readonly string[]): Promise<string> => {
    const versionArgs = version === "default" ? [] : ["--os-volume-api-version", version];
    return runCommand(
      installedProgram("cinder"),
      [...versionArgs, ...args],
      cinderVariables(member.credentials),
    );
  };
  const runForId = async (args: readonly string[]) => tableCell(parsePropertyTable(await run(args)), "id");
  return {
    createVolume: (gigabytes) => runForId(CINDER_COMMANDS.createVolume(gigabytes)),
    createSnapshot: (volume) => runForId(CINDER_COMMANDS.createSnapshot(volume)),
    listVolumes: async () => parseResources(await run(["list"])),
    listSnapshots: async () => parseResources(await run(["snapshot-list"])),
    createTransfer: async (volume, options) => {
      const output = await run(CINDER_COMMANDS.createTransfer(volume, options));
      return { ...parseTransfer(output), auth_key: tableCell(parsePropertyTable(output), "auth_key") };
    },
    listTransfers: async () =>
      parseTable(await run(CINDER_COMMANDS.listTransfers())).map((row) => ({
        id: tableCell(row, "ID"),
        name: nameIn(row, "Name"),
        volume_id: tableCell(row, "Volume ID"),
      })),
    showTransfer: async (id) => parseTransfer(await run(CINDER_COMMANDS.showTransfer(id))),
    findTransfer: async (name) => parseTransfer(await run(CINDER_COMMANDS.showTransfer(name))),
    acceptTransfer: async (id, authKey) =>
      parseTransfer(await run(CINDER_COMMANDS.acceptTransfer(id, authKey))),
    deleteTransfer: async (id) => {
      await run(CINDER_COMMANDS.deleteTransfer(id));
    },
  };
}

const failure = (stderr: string) => ({ "exit code": 1, stderr });

/** `cinder` looks for a transfer by its id and then by its name, and reports only that it found neither. */
const notFound = (transfer: string) => `No volumetransfer with a name or ID of '${transfer}' exists.`;

/**
 * The command `cinder` of python-cinderclient. By default it uses the newest microversion that it and the service
 * support.
 */
export const cinder: ClientUnderTest = {
  name: "cinder",
  versions: VERSIONS,
  supportsNoSnapshots: true,
  connect,
  reports: {
    accept: ({ fault }) => failure(`ERROR: ${fault.message} (HTTP ${fault.status}) (Request-ID: <req>)`),
    show: ({ transfer }) => failure(`ERROR: ${notFound(transfer)}`),
    delete: ({ transfer }) => ({
      ...failure("ERROR: Unable to delete any of the specified volume transfers."),
      stdout: `Delete for volume transfer ${transfer} failed: ${notFound(transfer)}`,
    }),
  },
};
