import type { Invocation } from "../engine/invocation.ts";

/** The number of batches of one kind in one sweep; the next sweep does the rest. */
const MAX_BATCHES = 100;

/**
 * Changes rows in batches, each of which delays other writes for a short time only, until one finds fewer rows than its
 * limit, or the invocation has no queries left.
 *
 * @param limit the number of rows that one batch changes
 * @param run runs one batch, and returns the number of rows that it has changed
 * @returns the number of rows that were changed
 */
export async function sweepRows(
  invocation: Invocation,
  limit: number,
  run: (limit: number) => Promise<number>,
): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < MAX_BATCHES && invocation.hasQueries("sweep"); batch++) {
    const count = await run(limit);
    total += count;
    if (count < limit) break;
  }
  return total;
}
