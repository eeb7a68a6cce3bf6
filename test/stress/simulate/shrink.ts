import type { Outcome } from "./simulation.ts";
import type { SimulationThread } from "./threads.ts";

/** Returns what a violation is about, without its ids and times. */
const kindOf = (violation: string | undefined): string | undefined =>
  violation
    ?.split(":")
    .slice(0, 2)
    .join(":")
    .replaceAll(/[0-9a-f-]{6,}|\d+/g, "");

/**
 * Removes elements from a simulation as long as it has the same violation: halves first, then smaller parts.
 *
 * @param failed a simulation with a violation
 * @returns one with fewer elements, or the same
 */
export async function shrink(thread: SimulationThread, failed: Outcome): Promise<Outcome> {
  const kind = kindOf(failed.violations[0]);
  let smallest = failed;
  const attempt = async (only: readonly string[]): Promise<boolean> => {
    const outcome = await thread.run({ seed: failed.seed, only });
    const fails = outcome.violations.some((violation) => kindOf(violation) === kind);
    if (fails) smallest = outcome;
    return fails;
  };
  for (let size = Math.ceil(failed.elements.length / 2); size >= 1; size = Math.floor(size / 2)) {
    let position = 0;
    while (position < smallest.elements.length) {
      const { elements } = smallest;
      if (!(await attempt(elements.toSpliced(position, size)))) position += size;
    }
  }
  return smallest;
}
