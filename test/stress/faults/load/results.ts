import { percentile } from "../../../support/statistics.ts";
import type { LoadResult } from "./load_generator.ts";

/** Counts the requests that the service has completed: neither shed nor failed. */
export const completed = (results: readonly LoadResult[]): number =>
  results.filter(({ status }) => status !== 0 && status < 500).length;

/** Returns a percentile of the latency in milliseconds; `share` is between 0 and 1. */
export const latency = (results: readonly LoadResult[], share: number): number =>
  percentile(
    results.map(({ ms }) => ms),
    share,
  );

/** Formats how many responses had each status. */
export function formatStatuses(results: readonly LoadResult[]): string {
  const groups = Map.groupBy(results, ({ status }) => status);
  return [...groups].map(([status, { length }]) => `${length} × ${status}`).join(", ");
}
