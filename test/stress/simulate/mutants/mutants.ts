import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { CliError } from "../../../../src/cli/errors.ts";
import { packageFolder } from "../../../../src/cli/settings/settings.ts";
import { SimulationThread } from "../threads.ts";
import { type Mutant, readMutants } from "./mutant.ts";

/** The seeds after which a mutant counts as not found. */
const MAX_SEEDS = 1000;
/** The characters of a violation that are printed. */
const MAX_SHOWN = 150;

/** What came of a mutant. */
interface Result {
  readonly mutant: Mutant;
  /** The first seed that found it; undefined if none did. */
  readonly seed: number | undefined;
  readonly violation: string;
}

/**
 * Puts defects into copies of the sources, one at a time, and simulates until a seed finds it.
 *
 * @param text only the mutants of files or rules that contain it
 */
export async function findMutants(
  text: string,
  report: (result: Result) => void = () => {},
): Promise<readonly Result[]> {
  const mutants = readMutants().filter(({ file, breaks }) => file.includes(text) || breaks.includes(text));
  const results: Result[] = [];
  const work = async () => {
    const folder = copySources();
    try {
      for (let next = mutants.shift(); next !== undefined; next = mutants.shift()) {
        const result = await find(folder, next);
        results.push(result);
        report(result);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), mutants.length) }, work));
  return results.toSorted((a, b) => a.mutant.file.localeCompare(b.mutant.file));
}

/**
 * Runs mutants, and prints a table.
 *
 * @param text as in `findMutants`
 * @throws CliError if one is not found, and nothing doubles the rule
 */
export async function runMutants(text: string): Promise<void> {
  const results = await findMutants(text, (result) =>
    console.log(formatRow(result), result.violation.slice(0, MAX_SHOWN)),
  );
  console.log(
    ["", "| File | Rule | Found by seed |", "| --- | --- | --- |", ...results.map(formatRow)].join("\n"),
  );
  const missed = results.filter(({ mutant, seed }) => seed === undefined && mutant.doubledBy === undefined);
  console.log(`\n${results.length} mutants, ${missed.length} not found`);
  if (missed.length > 0) throw new CliError("mutants were not found");
}

const formatRow = ({ mutant, seed }: Result): string =>
  `| \`${mutant.file}\` | ${mutant.breaks} | ${seed ?? (mutant.doubledBy === undefined ? "**not found**" : `doubled by: ${mutant.doubledBy}`)} |`;

/** Copies what a simulation consists of into a folder of its own, so that the checkout stays as it is. */
function copySources(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-mutants-"));
  for (const name of ["package.json", "src", "test/stress", "test/support", "drizzle"])
    cpSync(path.join(packageFolder, name), path.join(folder, name), { recursive: true });
  symlinkSync(path.join(packageFolder, "node_modules"), path.join(folder, "node_modules"));
  return folder;
}

async function find(folder: string, mutant: Mutant): Promise<Result> {
  const file = path.join(folder, "src", mutant.file);
  const original = readFileSync(file, "utf8");
  writeFileSync(file, mutant.source);
  const thread = new SimulationThread(path.join(folder, "test/stress/simulate"));
  let seed = 1;
  try {
    for (; seed <= MAX_SEEDS; seed++) {
      const { violations } = await thread.run({ seed });
      if (violations[0] !== undefined) return { mutant, seed, violation: violations[0] };
    }
    return { mutant, seed: undefined, violation: "" };
  } catch (error) {
    // Not even the preparation works, or it does not come to an end.
    return { mutant, seed, violation: String(error) };
  } finally {
    await thread.close();
    writeFileSync(file, original);
  }
}
