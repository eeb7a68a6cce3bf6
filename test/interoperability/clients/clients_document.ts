import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { CINDER_COMMANDS } from "./cinder.ts";
import { type Commands, VERSIONS } from "./client.ts";
import {
  CLOUD,
  type Credentials,
  cinderVariables,
  cloudsYaml,
  gophercloudVariables,
  openstackVariables,
} from "./client_config.ts";
import { pinnedVersion } from "./installation.ts";
import { OPENSTACK_COMMANDS } from "./openstack.ts";

const TEMPLATE = path.join(import.meta.dirname, "clients.template.md");
const DOCUMENT = path.join(projectFolder, "docs/clients.md");

/** The credentials of the examples. */
const NO_AUTH: Credentials = {
  auth: "no-auth",
  url: "http://127.0.0.1:8776",
  user: "alice",
  project: "alpha",
};
const KEYSTONE: Credentials = {
  auth: "Keystone",
  url: "https://keystone.example/v3",
  region: "RegionOne",
  user: "alice",
  password: "secret",
  project: "alpha",
};
const PACKAGES = [
  "python-openstackclient",
  "python-cinderclient",
  "openstacksdk",
  "github.com/gophercloud/gophercloud/v2",
];

/**
 * Writes `docs/clients.md` from `clients.template.md`, in which each `{{name}}` stands for generated text.
 *
 * @param table the table of results, in Markdown
 * @throws Error if a name is unknown
 */
export function writeClientsDocument(table: string): void {
  const values = templateValues(table);
  const text = readFileSync(TEMPLATE, "utf8").replaceAll(/\{\{(.+?)\}\}/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`${TEMPLATE}: {{${name}}} is unknown`);
    return value.trimEnd();
  });
  // An unchanged file keeps its modification time.
  if (!existsSync(DOCUMENT) || readFileSync(DOCUMENT, "utf8") !== text) writeFileSync(DOCUMENT, text);
}

/** Returns the values of the names in the template. The tests use the same code with credentials of their own. */
function templateValues(table: string): Map<string, string> {
  return new Map([
    ["url", NO_AUTH.url],
    ["openstack no-auth", formatExports(openstackVariables(NO_AUTH))],
    ["openstack Keystone", formatExports(openstackVariables(KEYSTONE))],
    ["openstack commands", formatCommands("openstack", OPENSTACK_COMMANDS)],
    ["cinder no-auth", formatExports(cinderVariables(NO_AUTH))],
    ["cinder Keystone", formatExports(cinderVariables(KEYSTONE))],
    ["cinder commands", formatCommands("cinder", CINDER_COMMANDS)],
    ["cloud", CLOUD],
    ["clouds.yaml no-auth", cloudsYaml(NO_AUTH)],
    ["clouds.yaml Keystone", cloudsYaml(KEYSTONE)],
    ["gophercloud no-auth", formatExports(gophercloudVariables(NO_AUTH))],
    ["versions", PACKAGES.map((name) => `${name} ${pinnedVersion(name)}`).join(", ")],
    ["microversions", VERSIONS.filter((version) => version !== "default").join(", ")],
    ["table", table],
  ]);
}

/** Formats environment variables for a shell. */
const formatExports = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `export ${name}=${value}`)
    .join("\n");

/** Formats the commands of the lifecycle of a transfer for a shell. */
const formatCommands = (program: string, commands: Commands): string =>
  [
    commands.createVolume(1),
    commands.createSnapshot("VOLUME"),
    commands.createTransfer("VOLUME", { name: "my-transfer" }),
    commands.createTransfer("VOLUME", { noSnapshots: true }),
    commands.listTransfers(),
    commands.showTransfer("TRANSFER"),
    commands.showTransfer("my-transfer"),
    commands.acceptTransfer("TRANSFER", "AUTH_KEY"),
    commands.deleteTransfer("TRANSFER"),
  ]
    .map((args) => [program, ...args].join(" "))
    .join("\n");
