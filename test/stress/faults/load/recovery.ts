import type { LoadGenerator } from "./load_generator.ts";
import { completed } from "./results.ts";

/** The throughput of a Worker after an overload, relative to a new Worker. */
export interface RecoveryRound {
  readonly ratio: number;
}

const ROUND_SECONDS = 3;
/** How often the Workers are compared before the overload counts as permanent damage. */
const MAX_ROUNDS = 10;

/** Returns whether the Worker is as fast as a new one, within the noise of a short measurement. */
export const isRecovered = ({ ratio }: RecoveryRound): boolean => ratio > 0.8;

/**
 * Compares a Worker with a new one on the same database until it has recovered. The two are measured in turns, so that
 * other load on the machine affects both.
 *
 * @param clients how many clients send requests concurrently
 */
export async function untilRecovered(
  overloaded: LoadGenerator,
  fresh: LoadGenerator,
  clients: number,
): Promise<RecoveryRound[]> {
  const measure = async (generator: LoadGenerator) =>
    completed(await generator.closedLoop(clients, ROUND_SECONDS));
  const rounds: RecoveryRound[] = [];
  // The new Worker warms up.
  await measure(fresh);
  do {
    const count = await measure(overloaded);
    rounds.push({ ratio: count / (await measure(fresh)) });
  } while (!rounds.some(isRecovered) && rounds.length < MAX_ROUNDS);
  return rounds;
}
