import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import * as z from "zod";
import { CliError } from "../../../../src/cli/errors.ts";
import { buildScript } from "../script.ts";
import { SimulationThread } from "../threads.ts";
import { type Mutant, type Result, readMutants } from "./mutant.ts";
import { writeReport } from "./report.ts";

/** The characters of a violation that are printed. */
const MAX_SHOWN = 150;

/** The seeds that found mutants before, by the rule that is broken: they come first. */
const SEEDS = path.join(import.meta.dirname, "seeds.json");

/**
 * Puts defects into the sources, one at a time, and simulates until a seed finds it.
 *
 * @param text only the mutants of files or rules that contain it
 * @param count the seeds after which a mutant counts as not found
 */
export async function findMutants(
  text: string,
  count: number,
  report: (result: Result) => void = () => {},
): Promise<readonly Result[]> {
  const mutants = readMutants().filter(({ file, breaks }) => file.includes(text) || breaks.includes(text));
  const seeds = readSeeds();
  const results = new Map<Mutant, Result>();
  const waiting = [...mutants];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const result = await find(next, count, seeds[next.breaks]);
      results.set(next, result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), mutants.length) }, work));
  return mutants.flatMap((mutant) => results.get(mutant) ?? []);
}

/**
 * Runs mutants. Those of all files are reported in the documents.
 *
 * @param text as in `findMutants`
 * @param count as in `findMutants`
 * @throws CliError if one is not found, and nothing doubles the rule
 */
export async function runMutants(text: string, count: number): Promise<void> {
  const results = await findMutants(text, count, ({ mutant: { file, breaks }, seed, violation }) =>
    console.log(`${file}: ${breaks}: ${seed ?? "not found"}  ${violation.slice(0, MAX_SHOWN)}`),
  );
  if (text === "") {
    const seeds = results.flatMap(({ mutant, seed }) => (seed === undefined ? [] : [[mutant.breaks, seed]]));
    writeFileSync(SEEDS, `${JSON.stringify(Object.fromEntries(seeds), null, 2)}\n`);
    writeReport(results, count);
  }
  const missed = results.filter(({ mutant, seed }) => seed === undefined && mutant.doubledBy === undefined);
  console.log(`\n${results.length} mutants, ${missed.length} not found`);
  if (missed.length > 0) throw new CliError("mutants were not found");
}

const readSeeds = (): Readonly<Record<string, number>> =>
  z.record(z.string(), z.int()).parse(JSON.parse(readFileSync(SEEDS, "utf8")));

async function find(mutant: Mutant, count: number, known: number | undefined): Promise<Result> {
  const thread = new SimulationThread(await buildScript(mutant));
  const seeds = Array.from({ length: count }, (_, i) => i + 1);
  if (known !== undefined) seeds.unshift(known);
  try {
    for (const seed of seeds) {
      const violation = await violationOf(thread, seed);
      if (violation !== undefined) return { mutant, seed, violation };
    }
    return { mutant, seed: undefined, violation: "" };
  } finally {
    await thread.close();
  }
}

async function violationOf(thread: SimulationThread, seed: number): Promise<string | undefined> {
  try {
    return (await thread.run({ seed })).violations[0];
  } catch (error) {
    // Not even the preparation works, or it does not come to an end.
    return `no end: ${String(error)}`;
  }
}
