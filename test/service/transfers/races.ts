/** How often each race is run. `npm run test:soak` sets it. */
export const ROUNDS = Number(process.env.RACE_ROUNDS ?? 4);

/** The timeout of a race, with its options for vitest. */
export const RACE = { timeout: 30_000 + ROUNDS * 5000 };

/** Sends as many requests at once. */
export const atOnce = <T>(count: number, send: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => send(index)));

/** Returns how many responses have each status. */
export function countByStatus(responses: readonly { readonly status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
