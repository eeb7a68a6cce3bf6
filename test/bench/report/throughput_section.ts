import type { Results } from "../results.ts";
import { GOALS, type Throughput } from "../throughput.ts";
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
      "The *floor* is the smallest Worker that does the same database work: it executes the statements that were recorded from the service with one call of `@libsql/client`, and has no routes, identity, validation or views (`test/bench/floor_worker.ts`). Both run on `workerd`, in alternating rounds, on one sqld with 10,000 transfers, of which a tenth are open. `list` returns a page of 50 in detail. In `create and accept` and `create and delete` each of the two counts as a request. autocannon generates the load.",
      `![requests per second](${CHART})`,
      formatTable(
        [
          "Operation",
          "Connections",
          "Requests/s",
          "Floor, requests/s",
          "Ratio",
          "Goal",
          "p50, ms",
          "p99, ms",
          "CPU per request, ms",
          "Floor, CPU per request, ms",
        ],
        measurements.map(formatRow),
      ),
      `Start: ${formatCount(startMs)} ms from the start of \`workerd\` to the first response.`,
      formatTable(
        ["Memory, MB", "After the start", "Peak"],
        (["workerd", "sqld"] as const).map((name) => [
          name,
          formatCount(memory[name].rest),
          formatCount(memory[name].load),
        ]),
      ),
    ],
    charts: { [CHART]: throughputChart(measurements) },
  };
}

function formatRow({ operation, connections, service, floor, ratio }: Throughput): string[] {
  const goal = GOALS[operation];
  return [
    operation,
    String(connections),
    formatCount(service.requestsPerSecond),
    formatCount(floor.requestsPerSecond),
    ratio.toFixed(2),
    goal === undefined ? "" : `≥ ${goal.toFixed(2)}: ${formatGoal(ratio >= goal)}`,
    formatMs(service.p50),
    formatMs(service.p99),
    service.cpuMs.toFixed(2),
    floor.cpuMs.toFixed(2),
  ];
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
