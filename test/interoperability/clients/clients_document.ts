import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { formatTable } from "../../measure/bench/report/markdown.ts";
import { exclusionTable } from "../tempest/report.ts";
import { VERSIONS } from "./client.ts";
import {
  CLOUD,
  type Credentials,
  cinderVariables,
  cloudsYaml,
  gophercloudVariables,
  openstackVariables,
} from "./client_config.ts";
import { pinnedVersion } from "./installation.ts";
import type { SuiteResult } from "./suites/suite.ts";

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

/** Writes `docs/clients.md`. */
export function writeClientsDocument(table: string, suites: readonly SuiteResult[]): void {
  const text = clientsDocument(table, suites);
  // An unchanged file keeps its modification time.
  if (!existsSync(DOCUMENT) || readFileSync(DOCUMENT, "utf8") !== text) writeFileSync(DOCUMENT, text);
}

/**
 * Returns `clients.template.md`, in which each `{{name}}` stands for generated text.
 *
 * @param table the table of results, in Markdown
 * @param suites the results of other projects' suites
 * @throws Error if a name is unknown
 */
export function clientsDocument(table: string, suites: readonly SuiteResult[]): string {
  const values = templateValues(table)
    .set("suites", suiteTable(suites))
    .set("exclusions", exclusionsOf(suites));
  return readFileSync(TEMPLATE, "utf8").replaceAll(/\{\{(.+?)\}\}/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`${TEMPLATE}: {{${name}}} is unknown`);
    return value.trimEnd();
  });
}

/** Returns the values of the names in the template. The tests use the same code with credentials of their own. */
function templateValues(table: string): Map<string, string> {
  return new Map([
    ["url", NO_AUTH.url],
    ["openstack no-auth", formatUsers(openstackVariables, NO_AUTH)],
    ["openstack Keystone", formatUsers(openstackVariables, KEYSTONE)],
    ["cinder no-auth", formatUsers(cinderVariables, NO_AUTH)],
    ["cloud", CLOUD],
    ["clouds.yaml no-auth", cloudsYaml(NO_AUTH)],
    ["clouds.yaml Keystone", cloudsYaml(KEYSTONE)],
    ["gophercloud no-auth", formatExports(gophercloudVariables(NO_AUTH))],
    ["versions", PACKAGES.map((name) => `${name} ${pinnedVersion(name)}`).join(", ")],
    ["microversions", VERSIONS.filter((version) => version !== "default").join(", ")],
    ["table", table],
  ]);
}

/** Formats the variables of alice for a shell, and a function that runs a command with those of bob. */
function formatUsers(
  variables: (credentials: Credentials) => Readonly<Record<string, string>>,
  alice: Credentials,
): string {
  const ofAlice = variables(alice);
  const ofBob = Object.entries(variables({ ...alice, user: "bob", project: "beta" }))
    .filter(([name, value]) => ofAlice[name] !== value)
    .map(([name, value]) => `${name}=${value}`);
  return `${formatExports(ofAlice)}\nas_bob() { ${ofBob.join(" ")} "$@"; }`;
}

/** Formats environment variables for a shell. */
const formatExports = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `export ${name}=${value}`)
    .join("\n");

/** Formats the counts of the suites. */
const suiteTable = (suites: readonly SuiteResult[]): string =>
  formatTable(
    ["Suite", "Version", "Passed", "Excluded", "Failed"],
    suites.map(({ name, version, passed, excluded, failed }) => [
      name,
      version,
      ...[passed, excluded, failed.length].map(String),
    ]),
  );

/** Formats the tests of the suites that do not run, with the reasons. */
const exclusionsOf = (suites: readonly SuiteResult[]): string =>
  suites
    .filter(({ exclusions }) => exclusions.length > 0)
    .map(({ name, exclusions }) => `${name}:\n\n${exclusionTable(exclusions)}`)
    .join("\n\n");
