import { formatTable } from "../../measure/bench/report/markdown.ts";
import type { Exclusion } from "./exclusions.ts";
import type { Refusal } from "./refusals.ts";
import type { Selection } from "./selection.ts";
import type { Result } from "./stestr.ts";

/** The outcome of a run. */
interface Run extends Selection {
  readonly results: readonly Result[];
  readonly refusals: readonly Refusal[];
}

/** How the names of results begin that belong to the setup of a class. */
const SETUP = "setUpClass (";

/**
 * Prints each test that failed or was skipped with its reason, and the counts.
 *
 * @returns how many tests failed
 */
export function printReport({ selected, excluded, results, refusals }: Run): number {
  const all = selected.map((test) => judge(test, results, refusals));
  // Results that belong to no single test, such as the end of a class. A failed setup is reported with each test of it.
  const others = results.filter(
    ({ test, outcome }) => outcome === "failed" && !test.startsWith(SETUP) && !selected.includes(test),
  );
  const problems = [...all, ...others].filter(({ outcome }) => outcome !== "passed");
  for (const { test, outcome, details } of problems) console.log(`\n${outcome}: ${test}\n${indent(details)}`);
  const count = (outcome: Result["outcome"]): number =>
    all.filter((result) => result.outcome === outcome).length;
  const failed = count("failed") + others.length;
  console.log(`\n${excluded} tests are excluded: test/interoperability/tempest/exclusions.ts`);
  console.log(`${count("passed")} passed, ${failed} failed, ${count("skipped")} skipped`);
  return failed;
}

/**
 * Prints each test that passes on a Cinder alone, but not by the service in front of it, and the counts.
 *
 * @returns how many there are
 */
export function printComparison(alone: readonly Result[], inFront: readonly Result[]): number {
  const passing = new Set(alone.filter(({ outcome }) => outcome === "passed").map(({ test }) => test));
  const worse = inFront.filter(({ test, outcome }) => outcome !== "passed" && passing.has(test));
  for (const { test, outcome, details } of worse) console.log(`\n${outcome}: ${test}\n${indent(details)}`);
  for (const [name, results] of Object.entries({ "Cinder alone": alone, "in front of it": inFront })) {
    const counts = (["passed", "failed", "skipped"] as const).map(
      (outcome) => `${results.filter((result) => result.outcome === outcome).length} ${outcome}`,
    );
    console.log(`${name}: ${counts.join(", ")}`);
  }
  console.log(`${worse.length} tests are worse in front of it`);
  return worse.length;
}

/** Returns the result of a test. One that passed only because the service lacks a part of the API has failed. */
export function judge(test: string, results: readonly Result[], refusals: readonly Refusal[]): Result {
  const result = results.find((result) => result.test === test);
  if (result === undefined) return judgeClass(test, results);
  const [className, method] = test.split(".").slice(-2);
  const refused = refusals.filter(({ caller }) => caller === `${className}:${method}`);
  if (result.outcome !== "passed" || refused.length === 0) return result;
  const features = refused.map(({ feature }) => feature).join(", ");
  return { test, outcome: "failed", details: `The service refused every request of the run: ${features}` };
}

/** Returns the result of a test whose class could not be set up. */
function judgeClass(test: string, results: readonly Result[]): Result {
  const className = test.slice(0, test.lastIndexOf("."));
  const setup = results.find((result) => result.test === `${SETUP}${className})`);
  if (setup === undefined) return { test, outcome: "failed", details: "The test did not run." };
  return { ...setup, test };
}

const indent = (text: string): string => text.replaceAll(/^/gm, "    ");

/** Returns the table of the excluded tests in docs/compatibility.md. */
export const exclusionTable = (exclusions: readonly Exclusion[]): string =>
  formatTable(
    ["Tests", "Reason"],
    exclusions.map(({ reason, tests }) => [tests.map((name) => `\`${name}\``).join(", "), reason]),
  );
