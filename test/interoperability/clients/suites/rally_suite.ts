import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { pinnedVersion, rallyVenv } from "../installation.ts";
import { RALLY } from "./exclusions.ts";
import { type Outcome, runProgram, type Suite } from "./suite.ts";
import type { SuiteCloud } from "./suite_cloud.ts";

const SIZE = { size: 1 };
const ENCRYPTION = { provider: "luks", cipher: "aes-xts-plain64", key_size: 256 };

/** The arguments of the scenarios that need some, as in Rally's samples. */
const ARGUMENTS: Readonly<Record<string, object>> = {
  "CinderVolumes.create_and_accept_transfer": SIZE,
  "CinderVolumes.create_and_delete_volume": SIZE,
  "CinderVolumes.create_and_extend_volume": { size: 1, new_size: 2 },
  "CinderVolumes.create_and_get_volume": SIZE,
  "CinderVolumes.create_and_list_volume": SIZE,
  "CinderVolumes.create_and_update_volume": {
    size: 1,
    update_volume_kwargs: { update_name: true, description: "updated" },
  },
  "CinderVolumes.create_from_volume_and_delete_volume": SIZE,
  "CinderVolumes.create_volume": SIZE,
  "CinderVolumes.create_volume_and_clone": { size: 1, nested_level: 2 },
  "CinderVolumes.create_volume_and_update_readonly_flag": { size: 1, read_only: true },
  "CinderVolumeTypes.create_and_delete_encryption_type": ENCRYPTION,
  "CinderVolumeTypes.create_and_list_encryption_type": ENCRYPTION,
  "CinderVolumeTypes.create_and_set_volume_type_keys": { volume_type_key: { volume_backend_name: "lvm" } },
  "CinderVolumeTypes.create_and_update_encryption_type": {
    create_provider: "luks",
    create_cipher: "aes-xts-plain64",
    create_key_size: 256,
    update_provider: "luks",
    update_cipher: "aes-xts-plain64",
    update_key_size: 512,
    update_control_location: "back-end",
  },
  "CinderVolumeTypes.create_and_update_volume_type": { update_name: true, update_description: "updated" },
  "CinderVolumeTypes.create_get_and_delete_encryption_type": ENCRYPTION,
  "CinderVolumeTypes.create_volume_type_and_encryption_type": ENCRYPTION,
};

/** Returns what a scenario finds: a volume of each of its users, or a volume type for each run. */
const contextsOf = (scenario: string): object =>
  scenario.startsWith("CinderVolumeTypes.")
    ? { volume_types: ["first", "second"] }
    : { volumes: { size: 1, volumes_per_tenant: 1 } };

/** Runs a command of Rally, which keeps its database in the temporary folder. */
const rally = (cloud: SuiteCloud, ...args: readonly string[]): Promise<string> => {
  mkdirSync(path.join(cloud.folder, "rally"), { recursive: true });
  return runProgram(rallyVenv.program("rally"), args, path.join(cloud.folder, "rally"), {
    HOME: path.join(cloud.folder, "rally"),
    TMPDIR: path.join(cloud.folder, "rally"),
    COLUMNS: "200",
  });
};

const report = z.object({
  tasks: z.array(
    z.object({
      subtasks: z.array(
        z.object({
          title: z.string(),
          workloads: z.tuple([z.looseObject({ pass_sla: z.boolean(), data: z.array(z.unknown()) })]),
        }),
      ),
    }),
  ),
});

/** Rally's scenarios for a Cinder, each run twice at once, by a user of each of two projects. */
export const rallySuite: Suite = {
  name: "Rally, its scenarios for Cinder",
  version: pinnedVersion("rally-openstack"),
  exclusions: RALLY,
  list: async (cloud) =>
    Array.from(
      (await rally(cloud, "plugin", "list", "Cinder")).matchAll(/^\| Scenario +\| (Cinder\S+)/gm),
      ([, name = ""]) => name,
    ),
  run: async (tests, cloud) => {
    const { url, region, password } = cloud.keystone;
    const user = (username: string, project_name: string) => ({
      ...{ username, password, project_name },
      ...{ user_domain_name: "Default", project_domain_name: "Default" },
    });
    const write = (name: string, content: object) =>
      writeFileSync(path.join(cloud.folder, "rally", name), JSON.stringify(content));
    write("cloud.json", {
      "existing@openstack": {
        auth_url: url,
        region_name: region,
        endpoint_type: "public",
        admin: user("admin", "demo"),
        users: [user("alice", "demo"), user("bob", "beta")],
      },
    });
    write("task.json", {
      version: 2,
      title: "Cinder",
      subtasks: tests.map((title) => ({
        title,
        scenario: { [title]: ARGUMENTS[title] ?? {} },
        runner: { constant: { times: 2, concurrency: 2 } },
        contexts: contextsOf(title),
      })),
    });
    await rally(cloud, "db", "create");
    await rally(cloud, "env", "create", "--name", "suites", "--spec", "cloud.json");
    // It exits with 2 if a scenario fails; the report has the reason. The output is that of an invalid task.
    const output = await rally(cloud, "task", "start", "--task", "task.json").catch(String);
    await rally(cloud, "task", "report", "--json", "--out", "report.json");
    const { tasks } = report.parse(
      JSON.parse(readFileSync(path.join(cloud.folder, "rally/report.json"), "utf8")),
    );
    return tasks
      .flatMap(({ subtasks }) => subtasks)
      .map(({ title, workloads: [workload] }): Outcome => {
        const passed = workload.pass_sla && workload.data.length === 2;
        const details = `${JSON.stringify(workload)}\n${output.slice(-5000)}`;
        return { test: title, outcome: passed ? "passed" : "failed", details: passed ? "" : details };
      });
  },
};
