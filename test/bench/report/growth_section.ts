import { GOAL, type Growth, type Layout } from "../growth.ts";
import { REPORTED_OPERATIONS } from "../growth_operations.ts";
import type { Results } from "../results.ts";
import { type Bar, barChart } from "./bar_chart.ts";
import { formatCount, formatGoal, formatTable, NO_SECTION, type Section } from "./markdown.ts";

const CHART = "performance-growth.svg";

/** Formats how the cost of operations depends on the number of transfers. */
export function growthSection({ growth }: Results): Section {
  if (growth === undefined) return NO_SECTION;
  const { growth: measurements, date, machine } = growth;
  const sizes = [...new Set(measurements.map(({ transfers }) => transfers))].toSorted((a, b) => a - b);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const find = (layout: Layout, operation: string, transfers: number) =>
    measurements.find(
      (one) => one.layout === layout && one.operation === operation && one.transfers === transfers,
    );
  const rows = (["one project", "1,000 projects"] as const).flatMap((layout) =>
    REPORTED_OPERATIONS.map((operation) =>
      formatRow(
        layout,
        operation,
        sizes.map((size) => find(layout, operation, size)),
      ),
    ),
  );
  const bars = REPORTED_OPERATIONS.flatMap((operation): Bar[] =>
    [smallest, largest].map((size, series) => {
      const value = find("one project", operation, size)?.ms ?? 0;
      return { label: series === 0 ? operation : "", value, text: `${value.toFixed(2)} ms`, series };
    }),
  );
  return {
    paragraphs: [
      "## Growth",
      `${date}, ${machine}.`,
      `There are as many volumes as transfers, and a tenth of the transfers are open. Either all are in the caller's project, or 1,000 are, and 999 other projects have the rest. A page has 20 items. Goals: an operation reads the same number of rows at every size, and takes at most ${GOAL} times as long with ${formatCount(largest)} transfers as with ${formatCount(smallest)}. sqld reports the rows. The times are medians of single requests, including the time of the client.`,
      `![time by size](${CHART})`,
      formatTable(
        [
          "Transfers in",
          "Operation",
          ...sizes.map((size) => `Rows at ${formatCount(size)}`),
          "Same rows",
          ...sizes.map((size) => `ms at ${formatCount(size)}`),
          "Ratio",
        ],
        rows,
      ),
    ],
    charts: {
      [CHART]: barChart("Median time, one project", [smallest, largest].map(formatCount), bars),
    },
  };
}

/** @param bySize the measurements of an operation, from the smallest database to the largest */
function formatRow(layout: Layout, operation: string, bySize: readonly (Growth | undefined)[]): string[] {
  const sameRows = new Set(bySize.map((one) => one?.rowsRead)).size === 1;
  const ratio = (bySize.at(-1)?.ms ?? Number.NaN) / (bySize.at(0)?.ms ?? Number.NaN);
  return [
    layout,
    operation,
    ...bySize.map((one) => String(one?.rowsRead)),
    formatGoal(sameRows),
    ...bySize.map((one) => (one?.ms ?? Number.NaN).toFixed(2)),
    `${ratio.toFixed(2)}: ${formatGoal(ratio <= GOAL)}`,
  ];
}
