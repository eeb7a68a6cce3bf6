import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Processes } from "../../../src/cli/processes/processes.ts";
import { projectFolder } from "../../../src/cli/settings/settings.ts";
import { MAX_MICROVERSION, versionString } from "../../../src/http/microversions.ts";
import { type ServiceOnBoth, startOnBoth } from "../../support/service.ts";
import { Venv } from "../../support/venv.ts";

const venv = new Venv(
  path.join(projectFolder, ".data/clients/schemathesis"),
  path.join(import.meta.dirname, "schemathesis-requirements.txt"),
);
const CONFIGURATION = path.join(import.meta.dirname, "schemathesis.toml");
/** The timeout of both runs on one database, in milliseconds. */
const TIMEOUT_MS = 480_000;

// No process is started in the background, so none can end unexpectedly.
const processes = new Processes(() => {});

let running: ServiceOnBoth;

beforeAll(async () => {
  await venv.install("Schemathesis", processes);
  // Schemathesis generates volumes of any size, and many of them.
  const unlimited = { QUOTA_VOLUMES: "-1", QUOTA_GIGABYTES: "-1", QUOTA_SNAPSHOTS: "-1" };
  running = await startOnBoth({ AUTH_STRATEGY: "noauth", ...unlimited });
}, 240_000);

afterAll(() => running?.stop());

/**
 * Runs Schemathesis, which generates valid and invalid requests from the OpenAPI document of the service.
 *
 * @returns its report
 * @throws ChildProcessError with its report if a check fails
 */
function schemathesis(url: string, ...options: string[]): Promise<string> {
  const args = ["--config-file", CONFIGURATION, "run", `${url}/openapi.json`, "--url", url, "--no-color"];
  return processes.run({
    title: "schemathesis",
    file: venv.program("schemathesis"),
    args: [...args, ...options],
    cwd: projectFolder,
  });
}

/** Returns the statuses of the responses that the service has logged. */
const loggedStatuses = (lines: readonly string[]): number[] =>
  lines.flatMap((line) => (line.startsWith('{"event":"request"') ? [Number(JSON.parse(line).status)] : []));

describe.concurrent.each(["D1", "libSQL"] as const)("the service on %s", (database) => {
  it("passes the checks of Schemathesis at the newest microversion, and never returns a 5xx at an older one", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const url = running[database].url;
    // The OpenAPI document describes the newest microversion.
    const newest = `OpenStack-API-Version: volume ${versionString(MAX_MICROVERSION)}`;
    console.log(await schemathesis(url, "--header", newest));
    // An older microversion accepts and rejects other requests than the document says. Every other check applies.
    const excluded = "positive_data_acceptance,negative_data_rejection";
    console.log(await schemathesis(url, "--exclude-checks", excluded, "--phases", "fuzzing,stateful"));

    const statuses = loggedStatuses(running[database].lines);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(statuses.length).toBeGreaterThanOrEqual(2000);
  });
});
