import path from "node:path";
import * as z from "zod";
import { installedProgram, pinnedVersion } from "../installation.ts";
import { CINDERCLIENT, OPENSTACKCLIENT, OPENSTACKSDK } from "./exclusions.ts";
import { runProgram, type Suite } from "./suite.ts";
import type { SuiteCloud } from "./suite_cloud.ts";

const RUNNER = path.join(import.meta.dirname, "run_tests.py");

const reported = z.object({
  test: z.string(),
  outcome: z.enum(["passed", "failed", "skipped"]),
  details: z.string(),
});

interface PythonSuite extends Pick<Suite, "name" | "exclusions"> {
  /** The package that has the tests, or that the tests use. */
  readonly distribution: string;
  /** How the names of all tests begin. Results leave it out. */
  readonly prefix: string;
  /** The modules and packages that have the tests, below the prefix. */
  readonly modules: readonly string[];
  readonly variables: (cloud: SuiteCloud) => Readonly<Record<string, string>>;
}

/** Makes a suite of the tests in modules of Python. */
function pythonSuite({ distribution, prefix, modules, variables, ...suite }: PythonSuite): Suite {
  // Some tests read the clouds when they are imported.
  const run = async (command: "list" | "run", names: readonly string[], cloud: SuiteCloud) => {
    const args = [RUNNER, command, ...names.map((name) => prefix + name)];
    return (await runProgram(installedProgram("python"), args, cloud.folder, variables(cloud))).split("\n");
  };
  const shorten = (name: string) => name.replace(prefix, "");
  return {
    ...suite,
    version: pinnedVersion(distribution),
    list: async (cloud) =>
      (await run("list", modules, cloud)).filter((line) => line.startsWith(prefix)).map(shorten),
    run: async (tests, cloud) =>
      (await run("run", tests, cloud))
        .filter((line) => line.startsWith("{"))
        .map((line) => reported.parse(JSON.parse(line)))
        .map((result) => ({ ...result, test: shorten(result.test) })),
  };
}

export const PYTHON_SUITES: readonly Suite[] = [
  pythonSuite({
    name: "openstacksdk, functional tests",
    distribution: "openstacksdk",
    prefix: "openstack.tests.functional.",
    modules: ["block_storage.v3", "cloud.test_block_storage"],
    exclusions: OPENSTACKSDK,
    variables: ({ cloudsYaml }) => ({
      OS_CLIENT_CONFIG_FILE: cloudsYaml,
      OS_TEST_TIMEOUT: "120",
    }),
  }),
  pythonSuite({
    name: "python-openstackclient, functional tests",
    distribution: "python-openstackclient",
    prefix: "openstackclient.tests.functional.volume.v3.",
    modules: [
      "test_qos",
      "test_service",
      "test_transfer_request",
      "test_volume",
      "test_volume_group",
      "test_volume_snapshot",
      "test_volume_type",
    ],
    exclusions: OPENSTACKCLIENT,
    // The tests hide all variables from the client, which reads clouds.yaml in the folder.
    variables: () => ({}),
  }),
  pythonSuite({
    name: "python-cinderclient, functional tests",
    distribution: "python-cinderclient",
    prefix: "cinderclient.tests.functional.",
    modules: [
      "test_cli",
      "test_readonly_cli",
      "test_snapshot_create_cli",
      "test_volume_create_cli",
      "test_volume_extend_cli",
    ],
    exclusions: CINDERCLIENT,
    variables: ({ adminVariables }) => ({
      ...adminVariables,
      OS_CINDERCLIENT_EXEC_DIR: path.dirname(installedProgram("cinder")),
    }),
  }),
  pythonSuite({
    name: "apache-libcloud, what it has for volumes",
    distribution: "apache-libcloud",
    prefix: "libcloud_",
    modules: ["volumes"],
    exclusions: [],
    variables: ({ adminVariables, projectId }) => ({ ...adminVariables, DEMO_PROJECT_ID: projectId }),
  }),
];
