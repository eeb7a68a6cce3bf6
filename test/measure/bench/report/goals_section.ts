import { addedMs } from "../facade_race.ts";
import {
  BUNDLE_GOAL,
  DELIVERY_GOAL_MS,
  GOALS,
  GROWTH_GOAL,
  MEMORY_GOAL_MB,
  PASS_THROUGH_GOAL_MS,
  type RaceName,
  SERVICE_NAME,
} from "../goals.ts";
import { growthRatio } from "../growth.ts";
import type { Measurement } from "../race.ts";
import { DELAY_MS, ROUND_TRIP_GOAL_MS } from "../remote.ts";
import type { Results } from "../results.ts";
import { formatCount, formatGoal, formatMs, formatRatio, formatTable } from "./markdown.ts";

/** Formats the goals, and whether they are met. */
export const goalsSection = (results: Results): string[] => [
  formatTable(["What", "Measured", "Goal", ""], [...ratios(results), ...limits(results)]),
];

/** The throughput relative to that of another contender. */
function ratios(results: Results): string[][] {
  return GOALS.flatMap(({ race, against, operation, connections, ratio: goal }) => {
    const rateOf = (name: string) =>
      measurementsOf(results, race).find(
        (one) => one.contender === name && one.operation === operation && one.connections === connections,
      )?.requestsPerSecond;
    const [own, other] = [rateOf(SERVICE_NAME), rateOf(against)];
    if (own === undefined || other === undefined) return [];
    const size = race === "largeCinder" ? ` of ${formatCount(results.cinder?.sizes[1] ?? 0)} transfers` : "";
    const what = `${operation}${size}, ${connections} connection${connections === 1 ? "" : "s"}, relative to ${against}`;
    return [row(what, formatRatio(own / other), `≥ ${goal}`, own / other >= goal)];
  });
}

/** Returns the measurements of a race; none if it has not been run. */
function measurementsOf(results: Results, race: RaceName): readonly Measurement[] {
  switch (race) {
    case "cinder":
      return results.cinder?.small.measurements ?? [];
    case "largeCinder":
      return results.cinder?.large.measurements ?? [];
    default:
      return results[race]?.measurements ?? [];
  }
}

/** A value that must not exceed a limit. */
const limits = ({ throughput, bundleSize, delivery, facade, growth, remote }: Results): string[][] => [
  ...atMost(
    "memory of all processes at the height, MB",
    throughput?.servers.find(({ contender }) => contender === SERVICE_NAME)?.memoryMb,
    MEMORY_GOAL_MB,
  ),
  ...atMost("size of the Worker, minified and gzipped, bytes", bundleSize?.gzipped, BUNDLE_GOAL),
  ...atMost(
    "slowest operation on the largest database, relative to the smallest",
    growth && Math.max(...growth.operations.map(growthRatio)),
    GROWTH_GOAL,
    formatRatio,
  ),
  ...atMost(
    `slowest endpoint with a database ${DELAY_MS} ms away, ms`,
    remote && Math.max(...remote.endpoints.map(({ ms }) => ms)),
    ROUND_TRIP_GOAL_MS,
    formatMs,
  ),
  ...atMost("from a commit to its webhook, p50, ms", delivery?.p50, DELIVERY_GOAL_MS),
  ...(facade?.overheads ?? []).flatMap((overhead) =>
    atMost(
      `a request that passes to a Cinder, relative to Cinder alone, ${overhead.connections} connection${overhead.connections === 1 ? "" : "s"}, p50, ms`,
      addedMs(overhead),
      PASS_THROUGH_GOAL_MS,
      (ms) => ms.toFixed(2),
    ),
  ),
];

const atMost = (what: string, value: number | undefined, goal: number, format = formatCount): string[][] =>
  value === undefined ? [] : [row(what, format(value), `≤ ${format(goal)}`, value <= goal)];

const row = (what: string, measured: string, goal: string, met: boolean): string[] => [
  what,
  measured,
  goal,
  formatGoal(met),
];
