/** How a client fared with an operation. */
export interface Result {
  readonly client: string;
  readonly operation: string;
  /** Where the service ran: on which database, and who told it who was calling. */
  readonly deployment: string;
  /** The version that the client was told to speak. */
  readonly version: string;
  readonly passed: boolean;
}

/**
 * A table in Markdown for each client: operations in rows, deployments in columns, and in each cell whether it works
 * and at which versions.
 */
export function tables(results: readonly Result[]): Map<string, string> {
  const columns = distinct(results.map(({ deployment }) => deployment));
  return new Map(
    distinct(results.map(({ client }) => client)).map((client) => {
      const own = results.filter((result) => result.client === client);
      const rows = distinct(own.map(({ operation }) => operation)).map((operation) => [
        operation,
        ...columns.map((column) =>
          cell(own.filter((result) => result.operation === operation && result.deployment === column)),
        ),
      ]);
      return [client, markdown([["", ...columns], ...rows])];
    }),
  );
}

/** Nothing where nothing was tried. Which versions were tried is told, unless it was the default alone. */
function cell(results: readonly Result[]): string {
  const defaultAlone = results.every(({ version }) => version === "default");
  const those = (mark: string, passed: boolean): string[] => {
    const versions = results.filter((result) => result.passed === passed).map(({ version }) => version);
    if (versions.length === 0) return [];
    return [defaultAlone ? mark : [mark, ...versions].join(" ")];
  };
  return [...those("✓", true), ...those("✗", false)].join(", ");
}

/** @param rows the first is the head */
function markdown(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, i) => text.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
