import type { Results } from "./results.ts";

/** Cloudflare's prices beyond what is included, in dollars for a million, as of November 2026. */
const PRICE = { request: 0.3, cpuMs: 0.02, rowRead: 0.001, rowWritten: 1 };

const OPERATIONS = ["show", "first page", "create", "accept", "delete"];

/** What operations cost in the units that Workers and D1 are paid in: as paragraphs of the report. */
export function costs({ throughput, growth }: Results): string[] | undefined {
  if (throughput === undefined || growth === undefined) return undefined;
  const most = Math.max(...growth.growth.map(({ transfers }) => transfers));
  const cpu = (operation: string): number => {
    const name =
      operation === "show"
        ? "show"
        : operation === "first page"
          ? "list"
          : operation === "delete"
            ? "create and delete"
            : "create and accept";
    const at8 = throughput.throughput.find((one) => one.operation === name && one.connections === 8);
    return at8?.service.cpuMs ?? Number.NaN;
  };
  const rows = OPERATIONS.map((operation) => {
    const measured = growth.growth.find(
      (one) => one.operation === operation && one.layout === "one project" && one.transfers === most,
    );
    const [read, written] = [measured?.rowsRead ?? Number.NaN, measured?.rowsWritten ?? Number.NaN];
    const price =
      PRICE.request + cpu(operation) * PRICE.cpuMs + read * PRICE.rowRead + written * PRICE.rowWritten;
    return `| ${operation} | ${read} | ${written} | ${cpu(operation).toFixed(2)} | $${price.toFixed(2)} |`;
  });
  return [
    "## Price",
    `Rows as sqld counts them at ${most.toLocaleString("en")} transfers in one project; D1 is SQLite, too, and counts likewise: each index that a write touches is a row written. CPU time is that of \`workerd\` on this machine, of pairs the mean of both. Beyond what the plan includes, a million Worker requests cost $${PRICE.request}, a million CPU milliseconds $${PRICE.cpuMs}, a million rows read $${PRICE.rowRead}, a million rows written $${PRICE.rowWritten} (Cloudflare's prices as of November 2026).`,
    [
      "| Operation | Rows read | Rows written | CPU ms | A million of them |",
      "| --- | --- | --- | --- | --- |",
      ...rows,
    ].join("\n"),
  ];
}
