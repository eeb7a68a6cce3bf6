import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Processes } from "../../src/cli/processes/processes.ts";
import { projectFolder } from "../../src/cli/settings/settings.ts";
import { MAX_MICROVERSION, versionString } from "../../src/http/microversions.ts";
import { type Running, startOnBoth } from "../identity/running.ts";
import { Venv } from "../venv.ts";

const venv = new Venv(
  path.join(projectFolder, ".data/clients/schemathesis"),
  path.join(import.meta.dirname, "schemathesis-requirements.txt"),
);
const CONFIGURATION = path.join(import.meta.dirname, "schemathesis.toml");
/** How long one run may take, in milliseconds. */
const PATIENCE = 480_000;

// These run to their end; there is none whose death could go unseen.
const processes = new Processes(() => {});

let running: Running;

beforeAll(async () => {
  await venv.install("Schemathesis", processes);
  // What is made up has any size, and there is much of it: quotas are not what is looked at.
  const unlimited = { QUOTA_VOLUMES: "-1", QUOTA_GIGABYTES: "-1", QUOTA_SNAPSHOTS: "-1" };
  running = await startOnBoth({ AUTH_STRATEGY: "noauth", ...unlimited });
}, 240_000);

afterAll(() => running?.stop());

/**
 * Has Schemathesis ask the service whatever its document lets one ask, and much that it does not.
 *
 * @throws CommandFailed with all that it found, if it found a failure
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

/** The statuses of the answers that the service has logged. */
const statuses = (lines: readonly string[]): number[] =>
  lines.flatMap((line) => (line.startsWith('{"event":"request"') ? [Number(JSON.parse(line).status)] : []));

describe.concurrent.each(["D1", "libSQL"] as const)(
  "the service on %s, asked by Schemathesis",
  (database) => {
    it("is what its document says at the newest microversion, and at no other does it break", {
      timeout: PATIENCE,
    }, async () => {
      const url = running.urls[database];
      // The document has the bodies and parameters of the newest microversion.
      const newest = `OpenStack-API-Version: volume ${versionString(MAX_MICROVERSION)}`;
      console.log(await schemathesis(url, "--header", newest));
      // Older ones take less, or more: what is refused there is not told by the document. All else is checked.
      const others = "positive_data_acceptance,negative_data_rejection";
      console.log(await schemathesis(url, "--exclude-checks", others, "--phases", "fuzzing,stateful"));

      const answered = statuses(running.output[database]);
      expect(answered.filter((status) => status >= 500)).toEqual([]);
      expect(answered.length).toBeGreaterThanOrEqual(2000);
    });
  },
);
