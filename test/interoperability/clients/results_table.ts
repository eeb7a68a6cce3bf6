/** The result of one test of a client. */
export interface TestResult {
  readonly client: string;
  readonly operation: string;
  /** The title of the deployment: the identity service and the database. */
  readonly deployment: string;
  /** The microversion that the client was configured with, or `default`. */
  readonly version: string;
  readonly passed: boolean;
}

/**
 * Formats the results as a Markdown table. Rows are operations, columns are clients, and a cell shows that all tests
 * have passed, or those that have not.
 */
export function formatResults(results: readonly TestResult[]): string {
  const clients = distinct(results.map(({ client }) => client));
  const rows = distinct(results.map(({ operation }) => operation)).map((operation) => [
    operation,
    ...clients.map((client) =>
      formatCell(results.filter((result) => result.client === client && result.operation === operation)),
    ),
  ]);
  return formatTable(["", ...clients], rows);
}

/** Formats a cell, which is empty without a test. */
function formatCell(results: readonly TestResult[]): string {
  if (results.length === 0) return "";
  const failed = results.filter(({ passed }) => !passed);
  if (failed.length === 0) return "✓";
  return `✗ ${failed.map(({ deployment, version }) => `${deployment}, ${version}`).join("; ")}`;
}

function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, i) => Math.max(...[header, ...rows].map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, i) => text.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
