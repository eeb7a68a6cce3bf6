import type { OperationName } from "./operations.ts";

/** A goal for the throughput of the service, relative to the floor. */
interface ThroughputGoal {
  readonly operation: OperationName;
  readonly connections: number;
  readonly ratio: number;
}

/** The goals with the database on the same machine. */
export const LOCAL_GOALS: readonly ThroughputGoal[] = [
  { operation: "show", connections: 32, ratio: 1.5 },
  { operation: "list", connections: 32, ratio: 1.3 },
  { operation: "create and accept", connections: 32, ratio: 3 },
];
/** The goals with a distant database. */
export const DISTANT_GOALS: readonly ThroughputGoal[] = [
  { operation: "create and accept", connections: 32, ratio: 12 },
];

/** The goals relative to Cinder 29.0. */
export const CINDER_GOALS: readonly (Omit<ThroughputGoal, "operation"> & {
  readonly operation: string;
  /** The number of open transfers. */
  readonly transfers: number;
})[] = [
  { operation: "show", transfers: 1000, connections: 8, ratio: 4.5 },
  { operation: "list", transfers: 1000, connections: 8, ratio: 5 },
  { operation: "list", transfers: 100_000, connections: 8, ratio: 60 },
  { operation: "create and accept", transfers: 1000, connections: 8, ratio: 25 },
  { operation: "create and accept", transfers: 1000, connections: 32, ratio: 40 },
  { operation: "create and delete", transfers: 1000, connections: 8, ratio: 8 },
];

/** The goals for the throughput of create and accept with several regions, relative to one. */
export const REGIONS_GOALS: readonly { readonly regions: number; readonly ratio: number }[] = [
  { regions: 2, ratio: 1.9 },
  { regions: 4, ratio: 3.5 },
];

/** The goal for the throughput of create and accept with 32 connections, relative to one connection. */
export const GROWTH_GOAL = 4;
/** The goal for the throughput of create and accept with events, relative to that without. */
export const EVENTS_GOAL = 0.9;
/** The goal for the median time from the commit of an event to the arrival of its webhook, milliseconds. */
export const DELIVERY_GOAL_MS = 1000;
/** The goal for the median time of a show with one connection, relative to the floor. */
export const LATENCY_GOAL = 1.15;
/** The goal for the peak of resident memory, of workerd and of sqld each, MB. */
export const MEMORY_GOAL_MB = 250;
