import path from "node:path";
import { GO_ENVIRONMENT, GO_MODULE, pinnedVersion } from "../installation.ts";
import { GOPHERCLOUD } from "./exclusions.ts";
import { type Outcome, runProgram, type Suite } from "./suite.ts";

const MODULE = "github.com/gophercloud/gophercloud/v2";
const PROGRAM = path.join(GO_ENVIRONMENT.GOCACHE, "../bin/acceptance");

const OUTCOMES: Readonly<Record<string, Outcome["outcome"]>> = {
  PASS: "passed",
  FAIL: "failed",
  SKIP: "skipped",
};

/** The acceptance tests of gophercloud for Block Storage v3. */
export const gophercloudSuite: Suite = {
  name: "gophercloud, acceptance tests of blockstorage/v3",
  version: pinnedVersion(MODULE),
  exclusions: GOPHERCLOUD,
  list: async () => {
    const tests = `${MODULE}/internal/acceptance/openstack/blockstorage/v3`;
    const build = ["test", "-mod=readonly", "-modcacherw", "-tags", "acceptance", "-c", "-o", PROGRAM, tests];
    await runProgram("go", build, GO_MODULE, GO_ENVIRONMENT);
    const output = await runProgram(PROGRAM, ["-test.list", "."], GO_MODULE);
    return output.split("\n").filter((line) => line.startsWith("Test"));
  },
  run: async (tests, { adminVariables }) => {
    const args = ["-test.v", "-test.run", `^(${tests.join("|")})$`];
    // It exits with 1 if a test fails; the output then is the message of the error.
    const output = await runProgram(PROGRAM, args, GO_MODULE, {
      ...adminVariables,
      OS_DOMAIN_NAME: "Default",
      OS_BRANCH: "master",
    }).catch(String);
    const logs = output.split(/^=== RUN +/m);
    const results = output.matchAll(/^--- (PASS|FAIL|SKIP): (\S+)/gm);
    return Array.from(results, ([, outcome = "", test = ""]) => ({
      test,
      outcome: OUTCOMES[outcome] ?? "failed",
      details: outcome === "PASS" ? "" : (logs.find((log) => log.startsWith(`${test}\n`)) ?? output),
    }));
  },
};
