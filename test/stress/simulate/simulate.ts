import { CliError } from "../../../src/cli/errors.ts";
import type { Processes } from "../../../src/cli/processes/processes.ts";
import { buildScript } from "./script.ts";
import { shrink } from "./shrink.ts";
import type { Outcome } from "./simulation.ts";
import { SimulationThread, simulateSeeds } from "./threads.ts";

interface Options {
  readonly seeds: number;
  readonly first: number;
  readonly seed?: number | undefined;
  readonly only?: string | undefined;
  readonly mutants?: string | true | undefined;
}

/** The number of failed seeds that are printed. */
const SHOWN = 5;

/**
 * Simulates seeds; or replays one, with its trace; or runs the mutants.
 *
 * @throws CliError if a guarantee was violated, or a mutant was not found
 */
export async function simulate(_processes: Processes, options: Options): Promise<void> {
  const { seed, seeds, first, only, mutants } = options;
  if (mutants !== undefined)
    return (await import("./mutants/mutants.ts")).runMutants(mutants === true ? "" : mutants, seeds);
  if (seed !== undefined) return replay(seed, only?.split(","));
  const started = performance.now();
  const failed: Outcome[] = [];
  let requests = 0;
  await simulateSeeds({ first, count: seeds }, (outcome) => {
    requests += outcome.requests;
    if (outcome.violations.length > 0) failed.push(outcome);
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${seeds} seeds, ${requests} requests, ${failed.length} seeds with violations, ${seconds} s`);
  failed.sort((a, b) => a.seed - b.seed);
  for (const outcome of failed.slice(0, SHOWN)) console.log(formatViolations(outcome));
  const [shortest] = failed.toSorted((a, b) => a.elements.length - b.elements.length);
  if (shortest === undefined) return;
  const thread = new SimulationThread(await buildScript());
  const { elements, violations } = await shrink(thread, shortest);
  await thread.close();
  throw new CliError(
    `${violations[0]}\nnpm run simulate -- --seed ${shortest.seed} --only ${elements.join()}`,
  );
}

async function replay(seed: number, only: readonly string[] | undefined): Promise<void> {
  const thread = new SimulationThread(await buildScript());
  const outcome = await thread.run({ seed, keepsTrace: true, ...(only !== undefined && { only }) });
  await thread.close();
  console.log(outcome.trace.join("\n"));
  console.log(`seed ${seed}, ${outcome.requests} requests, hash ${outcome.hash}`);
  if (outcome.violations.length > 0) throw new CliError(formatViolations(outcome));
}

const formatViolations = ({ seed, violations }: Outcome): string =>
  [`seed ${seed}:`, ...violations.map((violation) => `  ${violation}`)].join("\n");
