import { DISTANT_GOALS, GROWTH_GOAL, LATENCY_GOAL, LOCAL_GOALS, MEMORY_GOAL_MB } from "../goals.ts";
import type { OperationName } from "../operations.ts";
import type { Results } from "../results.ts";
import { DELAY_MS } from "../round_trips.ts";
import type { Throughput } from "../throughput.ts";
import { type Bar, barChart } from "./bar_chart.ts";
import { formatCount, formatGoal, formatMs, formatTable, NO_SECTION, type Section } from "./markdown.ts";

const CHART = "performance-throughput.svg";
/** The number of connections in the chart. */
const CHART_CONNECTIONS = 8;

/** Formats the comparison of the service with the floor. */
export function throughputSection({ throughput }: Results): Section {
  if (throughput === undefined) return NO_SECTION;
  const { throughput: measurements, startMs, memory, date, machine } = throughput;
  return {
    paragraphs: [
      "## Throughput",
      `${date}, ${machine}.`,
      "The *floor* is the smallest Worker that does the same database work: it executes the statements that were recorded from the service with one call of `@libsql/client`, and has no routes, identity, validation or views (`test/bench/floor_worker.ts`). Both run on `workerd`, in alternating rounds, on one sqld with 10,000 transfers, of which a tenth are open. `list` returns a page of 50 in detail. All connections show the same transfer and list the same page, and the service sends equal reads of a group once. In `create and accept` and `create and delete` each of the two counts as a request. autocannon generates the load. The CPU times are those of a request.",
      `![requests per second](${CHART})`,
      formatMeasurements(measurements, LOCAL_GOALS),
      ...formatDerivedGoals(measurements),
      `Start: ${formatCount(startMs)} ms from the start of \`workerd\` to the first response.`,
      formatTable(
        ["Memory, MB", "After the start", "Peak", "Goal"],
        (["workerd", "sqld"] as const).map((name) => [
          name,
          formatCount(memory[name].rest),
          formatCount(memory[name].load),
          `≤ ${MEMORY_GOAL_MB}: ${formatGoal(memory[name].load <= MEMORY_GOAL_MB)}`,
        ]),
      ),
    ],
    charts: { [CHART]: throughputChart(measurements) },
  };
}

/** Formats the comparison of the service with the floor, both with a distant database. */
export function farAwaySection({ farAway }: Results): Section {
  if (farAway === undefined) return NO_SECTION;
  const { throughput: measurements, date, machine } = farAway;
  return {
    paragraphs: [
      "## Throughput with a distant database",
      `${date}, ${machine}.`,
      `As above, but both sides reach sqld through a proxy that delays each exchange by ${DELAY_MS} ms. A group of requests waits for the exchange once.`,
      formatMeasurements(measurements, DISTANT_GOALS),
    ],
  };
}

const HEADER = [
  "Operation",
  "Connections",
  "Requests/s",
  "Floor, requests/s",
  "Ratio",
  "Goal",
  "p50, ms",
  "p99, ms",
  "CPU of workerd, ms",
  "CPU of sqld, ms",
  "Floor, CPU of workerd, ms",
  "Floor, CPU of sqld, ms",
];

const formatMeasurements = (measurements: readonly Throughput[], goals: typeof LOCAL_GOALS): string =>
  formatTable(
    HEADER,
    measurements.map(({ operation, connections, service, floor, ratio }) => {
      const goal = goals.find((one) => one.operation === operation && one.connections === connections);
      return [
        operation,
        String(connections),
        formatCount(service.requestsPerSecond),
        formatCount(floor.requestsPerSecond),
        ratio.toFixed(2),
        goal === undefined ? "" : `≥ ${goal.ratio}: ${formatGoal(ratio >= goal.ratio)}`,
        formatMs(service.p50),
        formatMs(service.p99),
        service.cpuMs.toFixed(2),
        service.sqldCpuMs.toFixed(2),
        floor.cpuMs.toFixed(2),
        floor.sqldCpuMs.toFixed(2),
      ];
    }),
  );

/** Formats the goals that combine two measurements. */
function formatDerivedGoals(measurements: readonly Throughput[]): string[] {
  const find = (operation: OperationName, connections: number) =>
    measurements.find((one) => one.operation === operation && one.connections === connections);
  const [alone, together] = [find("create and accept", 1), find("create and accept", 32)];
  const show = find("show", 1);
  const goals: string[] = [];
  if (alone !== undefined && together !== undefined) {
    const growth = together.service.requestsPerSecond / alone.service.requestsPerSecond;
    goals.push(
      `Create and accept with 32 connections, relative to one: ${growth.toFixed(1)} (goal ≥ ${GROWTH_GOAL}: ${formatGoal(growth >= GROWTH_GOAL)}).`,
    );
  }
  if (show !== undefined) {
    const latency = show.service.p50 / show.floor.p50;
    goals.push(
      `Median time of a show with one connection, relative to the floor: ${latency.toFixed(2)} (goal ≤ ${LATENCY_GOAL}: ${formatGoal(latency <= LATENCY_GOAL)}).`,
    );
  }
  return goals.length === 0 ? [] : [goals.join(" ")];
}

function throughputChart(measurements: readonly Throughput[]): string {
  const bars = measurements
    .filter(({ connections }) => connections === CHART_CONNECTIONS)
    .flatMap(({ operation, service, floor }): Bar[] =>
      [service, floor].map(({ requestsPerSecond }, series) => ({
        label: series === 0 ? operation : "",
        value: requestsPerSecond,
        text: formatCount(requestsPerSecond),
        series,
      })),
    );
  return barChart(`Requests per second, ${CHART_CONNECTIONS} connections`, ["service", "floor"], bars);
}
