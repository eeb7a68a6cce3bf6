import { type Client, type ClientUnderTest, type Commands, VERSIONS, type Version } from "./client.ts";
import { cinderVariables } from "./client_config.ts";
import { installed } from "./installation.ts";
import type { Party } from "./project_members.ts";
import { command } from "./run_client.ts";

/** What `cinder` is told. */
export const CINDER: Commands = {
  makeVolume: (gigabytes) => ["create", String(gigabytes)],
  makeSnapshot: (volume) => ["snapshot-create", volume],
  offer: (volume, { name, withoutSnapshots }) => [
    "transfer-create",
    ...(name === undefined ? [] : ["--name", name]),
    ...(withoutSnapshots ? ["--no-snapshots"] : []),
    volume,
  ],
  list: () => ["transfer-list"],
  show: (transfer) => ["transfer-show", transfer],
  accept: (transfer, authKey) => ["transfer-accept", transfer, authKey],
  delete: (transfer) => ["transfer-delete", transfer],
};

type Row = Readonly<Record<string, string>>;

/** The rows of a table as `cinder` draws it, by the names of its columns. */
function rows(table: string): Row[] {
  const [names = [], ...lines] = table
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return lines.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""])));
}

/** What a table of properties and values says, as one row. */
const properties = (table: string): Row =>
  Object.fromEntries(rows(table).map(({ Property = "", Value = "" }) => [Property, Value]));

/**
 * What a row has in a column.
 *
 * @throws Error if it has no such column
 */
function cell(row: Row, column: string): string {
  const value = row[column];
  if (value === undefined) throw new Error(`no ${column} in ${JSON.stringify(row)}`);
  return value;
}

/** Where there is no name, `cinder` writes that in two ways. */
const nameIn = (row: Row, column: string) => {
  const name = cell(row, column);
  return ["None", "-", ""].includes(name) ? null : name;
};

const transferOf = (table: string) => {
  const row = properties(table);
  return { id: cell(row, "id"), name: nameIn(row, "name"), volume_id: cell(row, "volume_id") };
};

const thingsOf = (table: string) =>
  rows(table).map((row) => ({ id: cell(row, "ID"), status: cell(row, "Status") }));

function connect(party: Party, version: Version): Client {
  const run = (args: readonly string[]): Promise<string> => {
    const asked = version === "default" ? [] : ["--os-volume-api-version", version];
    return command(installed("cinder"), [...asked, ...args], cinderVariables(party.login));
  };
  const idOf = async (args: readonly string[]) => cell(properties(await run(args)), "id");
  return {
    makeVolume: (gigabytes) => idOf(CINDER.makeVolume(gigabytes)),
    makeSnapshot: (volume) => idOf(CINDER.makeSnapshot(volume)),
    volumes: async () => thingsOf(await run(["list"])),
    snapshots: async () => thingsOf(await run(["snapshot-list"])),
    offer: async (volume, options) => {
      const table = await run(CINDER.offer(volume, options));
      return { ...transferOf(table), auth_key: cell(properties(table), "auth_key") };
    },
    list: async () =>
      rows(await run(CINDER.list())).map((row) => ({
        id: cell(row, "ID"),
        name: nameIn(row, "Name"),
        volume_id: cell(row, "Volume ID"),
      })),
    show: async (id) => transferOf(await run(CINDER.show(id))),
    find: async (name) => transferOf(await run(CINDER.show(name))),
    accept: async (id, authKey) => transferOf(await run(CINDER.accept(id, authKey))),
    delete: async (id) => {
      await run(CINDER.delete(id));
    },
  };
}

const failed = (stderr: string) => ({ "exit code": 1, stderr });

/** It looks for the transfer by its id and then by its name, and tells what that came to rather than the answers. */
const noneFound = (transfer: string) => `No volumetransfer with a name or ID of '${transfer}' exists.`;

/** The command `cinder`, of python-cinderclient. By default it speaks the newest version that both ends know. */
export const cinder: ClientUnderTest = {
  name: "cinder",
  versions: VERSIONS,
  leavesSnapshots: true,
  connect,
  shows: {
    accept: ({ fault }) => failed(`ERROR: ${fault.message} (HTTP ${fault.status}) (Request-ID: <req>)`),
    show: ({ transfer }) => failed(`ERROR: ${noneFound(transfer)}`),
    delete: ({ transfer }) => ({
      ...failed("ERROR: Unable to delete any of the specified volume transfers."),
      stdout: `Delete for volume transfer ${transfer} failed: ${noneFound(transfer)}`,
    }),
  },
};
