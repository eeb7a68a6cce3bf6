import { Counter, Histogram } from "./instruments.ts";

/** Seconds. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * The measurements of this instance of the Worker since it started. They are kept in memory, and recorded only if
 * `METRICS_TOKEN` is set.
 */
export const metrics = {
  requests: new Counter<"method" | "route" | "status">({
    name: "volume_transfers_requests",
    help: "Requests that were answered.",
  }),
  requestDuration: new Histogram<"method" | "route">(
    { name: "volume_transfers_request_duration_seconds", help: "Time from a request to its response." },
    DURATIONS,
  ),
  databaseDuration: new Histogram<"method" | "route">(
    {
      name: "volume_transfers_database_duration_seconds",
      help: "Time that a request waited for the database, in its group and for the exchange.",
    },
    DURATIONS,
  ),
  groupRequests: new Histogram<"mode">(
    { name: "volume_transfers_group_requests", help: "Requests that shared an exchange with the database." },
    [1, 2, 4, 8, 16, 32, 64, 128],
  ),
} as const;

/** Returns the lines of all metrics in OpenMetrics. */
export const exposeMetrics = (): string[] => Object.values(metrics).flatMap((metric) => metric.expose());
