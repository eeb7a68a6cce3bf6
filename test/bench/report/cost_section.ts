import type { OperationName } from "../operations.ts";
import type { Results } from "../results.ts";
import { formatTable, NO_SECTION, type Section } from "./markdown.ts";

/** Cloudflare's prices beyond the included volume, in dollars per million, as of November 2026. */
const PRICES = { request: 0.3, cpuMs: 0.02, rowRead: 0.001, rowWritten: 1 };

/** The operations of the growth measurement, and the throughput measurement that includes each of them. */
const OPERATIONS: readonly (readonly [operation: string, measuredAs: OperationName])[] = [
  ["show", "show"],
  ["first page", "list"],
  ["create", "create and accept"],
  ["accept", "create and accept"],
  ["delete", "create and delete"],
];

/** Formats what operations cost on Cloudflare. It needs both the throughput and the growth. */
export function costSection({ throughput, growth }: Results): Section {
  if (throughput === undefined || growth === undefined) return NO_SECTION;
  const transfers = Math.max(...growth.growth.map((measurement) => measurement.transfers));
  const rows = OPERATIONS.map(([operation, measuredAs]) => {
    const rowCounts = growth.growth.find(
      (one) => one.operation === operation && one.layout === "one project" && one.transfers === transfers,
    );
    const load = throughput.throughput.find((one) => one.operation === measuredAs && one.connections === 8);
    const { rowsRead, rowsWritten } = rowCounts ?? { rowsRead: Number.NaN, rowsWritten: Number.NaN };
    const cpuMs = load?.service.cpuMs ?? Number.NaN;
    const price =
      PRICES.request + cpuMs * PRICES.cpuMs + rowsRead * PRICES.rowRead + rowsWritten * PRICES.rowWritten;
    return [operation, String(rowsRead), String(rowsWritten), cpuMs.toFixed(2), `$${price.toFixed(2)}`];
  });
  return {
    paragraphs: [
      "## Cost",
      `sqld reports the rows, with ${transfers.toLocaleString("en")} transfers in one project. D1 is SQLite, too, and counts in the same way: each index that a write changes is a row written. The CPU time is that of \`workerd\` on this machine. For a create, an accept and a delete it is the mean of the two requests that were measured together. Beyond the included volume, a million requests cost $${PRICES.request}, a million milliseconds of CPU time $${PRICES.cpuMs}, a million rows read $${PRICES.rowRead} and a million rows written $${PRICES.rowWritten} (Cloudflare's prices of November 2026).`,
      formatTable(["Operation", "Rows read", "Rows written", "CPU, ms", "Price of a million"], rows),
    ],
  };
}
