import type { Measurement } from "./race.ts";

/** A goal for the throughput of the service, relative to another contender of the same race. */
interface RatioGoal extends Pick<Measurement, "operation" | "connections"> {
  readonly race: RaceName;
  /** The other contender, and how the goal names it. */
  readonly against: string;
  readonly ratio: number;
}

export type RaceName = "throughput" | "pocketbase" | "shares" | "cinder" | "largeCinder";

const goals = (
  race: RaceName,
  against: string,
  operation: RatioGoal["operation"],
  ratios: Readonly<Record<number, number>>,
): RatioGoal[] =>
  Object.entries(ratios).map(([connections, ratio]) => ({
    race,
    against,
    operation,
    connections: Number(connections),
    ratio,
  }));

export const SERVICE_NAME = "service";
export const BASELINE_NAME = "serve of 2a245ba";
export const LIMIT_NAME = "limit";
export const POCKETBASE_NAME = "PocketBase";
export const CINDER_NAME = "Cinder 29.0";
export const NO_EVENTS_NAME = "EVENTS=off";
export const NO_LOG_NAME = "LOG_REQUESTS=errors";

/** The goals, in the order in which the report has them. */
export const GOALS: readonly RatioGoal[] = [
  ...goals("throughput", LIMIT_NAME, "show", { 32: 0.5 }),
  ...goals("throughput", BASELINE_NAME, "show", { 1: 5, 8: 4, 32: 2.5 }),
  ...goals("throughput", BASELINE_NAME, "create and accept", { 1: 3, 8: 2.5, 32: 2.2 }),
  ...goals("pocketbase", POCKETBASE_NAME, "show", { 8: 0.8, 32: 0.8 }),
  ...goals("pocketbase", POCKETBASE_NAME, "list", { 32: 1.5 }),
  ...goals("shares", NO_EVENTS_NAME, "create and accept", { 1: 0.9, 8: 0.9, 32: 0.9 }),
  ...goals("shares", NO_LOG_NAME, "show", { 32: 0.9 }),
  ...goals("cinder", CINDER_NAME, "show", { 8: 15 }),
  ...goals("cinder", CINDER_NAME, "list", { 8: 12 }),
  ...goals("cinder", CINDER_NAME, "create and delete", { 8: 10 }),
  ...goals("cinder", CINDER_NAME, "create and accept", { 8: 40, 32: 75 }),
  ...goals("largeCinder", CINDER_NAME, "list", { 8: 100 }),
];

/** The goal for the peak of the resident memory of all processes of the service, MB. */
export const MEMORY_GOAL_MB = 180;
/** The goal for the size of the Worker, minified and gzipped, bytes. */
export const BUNDLE_GOAL = 120_000;
/** The goal for the median time from the commit of an event to the arrival of its webhook, milliseconds. */
export const DELIVERY_GOAL_MS = 1000;
/** The goal for the median time that the service adds to a request that passes to a Cinder, milliseconds. */
export const PASS_THROUGH_GOAL_MS = 1;
/** The goal for an operation's time on the largest database, relative to the smallest. */
export const GROWTH_GOAL = 1.3;
