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
 * Formats a Markdown table for each client. Rows are operations, columns are deployments, and a cell shows which
 * microversions passed.
 *
 * @returns the tables by the names of the clients
 */
export function formatTables(results: readonly TestResult[]): Map<string, string> {
  const deployments = distinct(results.map(({ deployment }) => deployment));
  return new Map(
    distinct(results.map(({ client }) => client)).map((client) => {
      const ofClient = results.filter((result) => result.client === client);
      const rows = distinct(ofClient.map(({ operation }) => operation)).map((operation) => {
        const ofOperation = ofClient.filter((result) => result.operation === operation);
        const cells = deployments.map((deployment) =>
          formatCell(ofOperation.filter((result) => result.deployment === deployment)),
        );
        return [operation, ...cells];
      });
      return [client, formatTable(["", ...deployments], rows)];
    }),
  );
}

/** Formats a cell. It is empty without a test, and names no version if only the default was tested. */
function formatCell(results: readonly TestResult[]): string {
  const onlyDefault = results.every(({ version }) => version === "default");
  const format = (mark: string, passed: boolean): string[] => {
    const versions = results.filter((result) => result.passed === passed).map(({ version }) => version);
    if (versions.length === 0) return [];
    return [onlyDefault ? mark : [mark, ...versions].join(" ")];
  };
  return [...format("✓", true), ...format("✗", false)].join(", ");
}

function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, i) => Math.max(...[header, ...rows].map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, i) => text.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
