import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import { CINDER } from "./cinder.ts";
import type { Commands } from "./client.ts";
import {
  CLOUD,
  cinderVariables,
  cloudsYaml,
  cloudsYamlVariables,
  gophercloudVariables,
  type Login,
  openstackVariables,
} from "./client_config.ts";
import { pinnedVersion } from "./installation.ts";
import { OPENSTACK } from "./openstack.ts";

const TEMPLATE = path.join(import.meta.dirname, "clients.template.md");
const CONNECT_GO = path.join(import.meta.dirname, "gophercloud/connect.go");
const DOCUMENT = path.join(projectFolder, "docs/clients.md");

/** Who logs in in the examples. */
const OPEN: Login = { auth: "no-auth", url: "http://127.0.0.1:8776", user: "alice", project: "alpha" };
const GUARDED: Login = {
  auth: "Keystone",
  url: "https://keystone.example/v3",
  region: "RegionOne",
  user: "alice",
  password: "secret",
  project: "alpha",
};

/**
 * Writes `docs/clients.md`: `clients.template.md` with what belongs in the place of each `{{name}}`. Where it says the same
 * already, the file is left as it is.
 *
 * @param tables each client's, in Markdown
 * @throws Error for a name that stands for nothing
 */
export function writeDocument(tables: ReadonlyMap<string, string>): void {
  const known = pieces(tables);
  const text = readFileSync(TEMPLATE, "utf8").replaceAll(/\{\{(.+?)\}\}/g, (_, name: string) => {
    const piece = known.get(name);
    if (piece === undefined) throw new Error(`${TEMPLATE}: there is no {{${name}}}`);
    return piece.trimEnd();
  });
  if (!existsSync(DOCUMENT) || readFileSync(DOCUMENT, "utf8") !== text) writeFileSync(DOCUMENT, text);
}

/** What each name in the template stands for: what the tests run with, for somebody else. */
function pieces(tables: ReadonlyMap<string, string>): Map<string, string> {
  const packages = [
    "python-openstackclient",
    "python-cinderclient",
    "openstacksdk",
    "github.com/gophercloud/gophercloud/v2",
  ];
  return new Map([
    ["url", OPEN.url],
    ["openstack no-auth", exports(openstackVariables(OPEN))],
    ["openstack Keystone", exports(openstackVariables(GUARDED))],
    ["openstack commands", lines("openstack", OPENSTACK)],
    ["cinder no-auth", exports(cinderVariables(OPEN))],
    ["cinder Keystone", exports(cinderVariables(GUARDED))],
    ["cinder commands", lines("cinder", CINDER)],
    ["cloud", CLOUD],
    ["clouds.yaml no-auth", cloudsYaml(OPEN)],
    ["clouds.yaml Keystone", cloudsYaml(GUARDED)],
    ["clouds.yaml variables", exports(cloudsYamlVariables)],
    ["gophercloud no-auth", exports(gophercloudVariables(OPEN))],
    ["connect.go", readFileSync(CONNECT_GO, "utf8").replaceAll("\t", "    ")],
    ...packages.map((name) => [`version ${name}`, pinnedVersion(name)] as const),
    ...[...tables].map(([client, table]) => [`table ${client}`, table] as const),
  ]);
}

/** Lines for a shell. */
const exports = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `export ${name}=${value}`)
    .join("\n");

/** The commands of a transfer's life, as somebody types them. */
const lines = (program: string, commands: Commands): string =>
  [
    commands.makeVolume(1),
    commands.makeSnapshot("VOLUME"),
    commands.offer("VOLUME", { name: "present" }),
    commands.offer("VOLUME", { withoutSnapshots: true }),
    commands.list(),
    commands.show("TRANSFER"),
    commands.show("present"),
    commands.accept("TRANSFER", "AUTH_KEY"),
    commands.delete("TRANSFER"),
  ]
    .map((args) => [program, ...args].join(" "))
    .join("\n");
