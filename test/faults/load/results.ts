import type { LoadResult } from "./load_generator.ts";

/** Counts the requests that the service has completed: neither shed nor failed. */
export const completed = (results: readonly LoadResult[]): number =>
  results.filter(({ status }) => status !== 0 && status < 500).length;

/** Returns a percentile of the latency in milliseconds; `p` is between 0 and 1. */
export function percentile(results: readonly LoadResult[], p: number): number {
  const sorted = results.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * p)] ?? Number.NaN;
}

/** Formats how many responses had each status. */
export function formatStatuses(results: readonly LoadResult[]): string {
  const groups = Map.groupBy(results, ({ status }) => status);
  return [...groups].map(([status, { length }]) => `${length} × ${status}`).join(", ");
}
