import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { CliError } from "../../../../src/cli/errors.ts";
import { packageFolder } from "../../../../src/cli/settings/settings.ts";

const mutant = z.strictObject({
  /** The rule that the sources break then. */
  breaks: z.string(),
  /** A text that the file has exactly once. */
  find: z.string(),
  replace: z.string(),
  /** What else protects the rule, so that nothing can find the defect. */
  doubledBy: z.string().optional(),
});

/** A defect to put into a file of the sources. */
export interface Mutant extends Readonly<z.output<typeof mutant>> {
  /** The file, in `src/`. */
  readonly file: string;
  /** The content of the file with the defect. */
  readonly source: string;
}

/** What came of a mutant. */
export interface Result {
  readonly mutant: Mutant;
  /** A seed that found it; undefined if none did. */
  readonly seed: number | undefined;
  readonly violation: string;
}

const FILES = ["transfers.json", "volumes.json", "engine.json", "events.json"];

/**
 * Reads the mutants.
 *
 * @throws CliError if the sources do not have the text of one exactly once
 */
export const readMutants = (): Mutant[] =>
  FILES.flatMap((name) => {
    const text = readFileSync(path.join(import.meta.dirname, name), "utf8");
    const byFile = z.record(z.string(), z.array(mutant)).parse(JSON.parse(text));
    return Object.entries(byFile).flatMap(([file, mutants]) => {
      const source = readFileSync(path.join(packageFolder, "src", file), "utf8");
      return mutants.map((each) => ({ ...each, file, source: mutate(file, source, each) }));
    });
  });

function mutate(file: string, source: string, { breaks, find, replace }: z.output<typeof mutant>): string {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0)
    throw new CliError(`the mutant "${breaks}" must be brought up to date: src/${file} has changed`);
  return before + replace + after;
}
