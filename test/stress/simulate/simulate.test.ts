import { expect, it } from "vitest";
import { readMutants } from "./mutants/mutant.ts";
import { findMutants } from "./mutants/mutants.ts";
import { buildScript } from "./script.ts";
import { SimulationThread, simulateSeeds } from "./threads.ts";

/** A loaded machine is slower, but not for ever. */
const TIMEOUT_MS = 900_000;

it("keeps every guarantee in 300 simulations", { timeout: TIMEOUT_MS }, async () => {
  const violations: string[] = [];
  await simulateSeeds({ first: 1, count: 300 }, (outcome) => {
    violations.push(...outcome.violations.map((violation) => `seed ${outcome.seed}: ${violation}`));
  });
  expect(violations).toEqual([]);
});

it("does the same for the same seed, whatever was simulated before", { timeout: TIMEOUT_MS }, async () => {
  const hashes = async (seeds: readonly number[]) => {
    const thread = new SimulationThread(await buildScript());
    const found: Record<number, string> = {};
    for (const seed of seeds) found[seed] = (await thread.run({ seed })).hash;
    await thread.close();
    return found;
  };
  const seeds = Array.from({ length: 6 }, (_, i) => i + 1);
  expect(await hashes(seeds.toReversed())).toEqual(await hashes(seeds));
});

it("finds an accept without its guards", { timeout: TIMEOUT_MS }, async () => {
  const [result] = await findMutants("an accept holds to its guards", 100);
  expect(result?.seed).toBeGreaterThan(0);
});

it("has mutants of the present sources", () => {
  expect(readMutants().map(({ breaks }) => breaks)).toContain("a lost exchange is fenced");
});
