import type { Invocation } from "../engine/invocation.ts";

/** The number of rows that one batch changes. It delays other writes for about ten milliseconds. */
const BATCH_SIZE = 100;
/** The time after which a sweep begins no further batch, milliseconds; the next sweep does the rest. */
const MAX_MS = 10_000;

/**
 * Changes rows in batches until one finds fewer rows than its limit, its time is over, or the invocation has no queries
 * left. Between two batches it pauses for as long as the first took, so that other writes have half of the time.
 *
 * @param run runs one batch, and returns the number of rows that it has changed; `limit` is their maximum number
 * @returns the number of rows that were changed
 */
export async function sweepRows(
  invocation: Invocation,
  run: (limit: number) => Promise<number>,
): Promise<number> {
  const end = performance.now() + MAX_MS;
  let total = 0;
  while (invocation.hasQueries("sweep")) {
    const started = performance.now();
    const count = await run(BATCH_SIZE);
    total += count;
    const ended = performance.now();
    if (count < BATCH_SIZE || ended > end) break;
    await new Promise((resolve) => setTimeout(resolve, ended - started));
  }
  return total;
}
