import { CliError } from "../../../src/cli/errors.ts";
import type { Exclusion } from "./exclusions.ts";

/** The tests to run, and the number of tests that are excluded. */
export interface Selection {
  readonly selected: readonly string[];
  readonly excluded: number;
}

/**
 * Selects the tests that are not excluded.
 *
 * @param tests all tests
 * @param text selects only the tests whose name contains this text
 * @throws CliError if an exclusion names no test, or a test that another one names, or if no test is left
 */
export function select(tests: readonly string[], exclusions: readonly Exclusion[], text: string): Selection {
  const names = exclusions.flatMap((exclusion) => exclusion.tests);
  const excludes = (name: string, test: string): boolean => test === name || test.startsWith(`${name}.`);
  const stale = names.filter((name) => !tests.some((test) => excludes(name, test)));
  if (stale.length > 0) throw new CliError(`these exclusions name no test: ${stale.join(", ")}.`);
  const twice = tests.filter((test) => names.filter((name) => excludes(name, test)).length > 1);
  if (twice.length > 0) throw new CliError(`these tests are excluded twice: ${twice.join(", ")}.`);
  const excluded = tests.filter((test) => names.some((name) => excludes(name, test)));
  const selected = tests.filter((test) => test.includes(text) && !excluded.includes(test));
  if (selected.length === 0) throw new CliError(`no test that runs has ${text} in its name.`);
  return { selected, excluded: excluded.length };
}
