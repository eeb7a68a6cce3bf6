import path from "node:path";
import { Processes } from "../../../../src/cli/processes/processes.ts";
import type { Exclusion } from "../../tempest/exclusions.ts";
import { select } from "../../tempest/selection.ts";
import { installedProgram } from "../installation.ts";
import { HOME } from "../run_client.ts";
import type { SuiteCloud } from "./suite_cloud.ts";

/** The result of a test of a suite. */
export interface Outcome {
  readonly test: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it has failed or was skipped. */
  readonly details: string;
}

/** Tests that others have written for a Block Storage service. */
export interface Suite {
  readonly name: string;
  readonly version: string;
  /** The tests that do not run, and why. */
  readonly exclusions: readonly Exclusion[];
  /** Returns the names of all tests. */
  readonly list: (cloud: SuiteCloud) => Promise<readonly string[]>;
  readonly run: (tests: readonly string[], cloud: SuiteCloud) => Promise<readonly Outcome[]>;
}

/** The counts of a suite, for docs/clients.md. */
export interface SuiteResult extends Pick<Suite, "name" | "version" | "exclusions"> {
  readonly passed: number;
  readonly excluded: number;
  readonly failed: readonly Outcome[];
}

/**
 * Runs the tests of a suite that are not excluded. A test that skips itself has failed: it needs an exclusion.
 *
 * @throws CliError if an exclusion names no test
 */
export async function runSuite(suite: Suite, cloud: SuiteCloud): Promise<SuiteResult> {
  const { selected, excluded } = select(await suite.list(cloud), suite.exclusions, "");
  const results = await suite.run(selected, cloud);
  const outcomes = selected.map(
    (test): Outcome =>
      results.find((result) => result.test === test) ?? {
        test,
        outcome: "failed",
        details: `It has no result. ${results.find(({ outcome }) => outcome === "failed")?.details ?? ""}`,
      },
  );
  const failed = outcomes.filter(({ outcome }) => outcome !== "passed");
  const { name, version, exclusions } = suite;
  return { name, version, exclusions, excluded, passed: outcomes.length - failed.length, failed };
}

/** Runs a program of a suite, which finds the installed clients first on its PATH, and returns its output. */
export const runProgram = (
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> =>
  // No process is started in the background, so none can end unexpectedly.
  new Processes(() => {}).run({
    title: [path.basename(file), ...args.slice(0, 2)].join(" "),
    file,
    args,
    cwd,
    env: {
      PATH: [path.dirname(installedProgram("python")), process.env.PATH].join(path.delimiter),
      HOME,
      PYTHONWARNINGS: "ignore",
      PYTHONDONTWRITEBYTECODE: "1",
      ...env,
    },
  });
