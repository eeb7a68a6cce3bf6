/** A section of the report. */
export interface Section {
  readonly paragraphs: readonly string[];
  /** The charts that the paragraphs show: SVG, by file name. */
  readonly charts?: Readonly<Record<string, string>>;
}

export const NO_SECTION: Section = { paragraphs: [] };

/** Formats a Markdown table. */
export const formatTable = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** Formats whether a goal is met. */
export const formatGoal = (met: boolean): string => (met ? "met" : "**missed**");

/** Formats a time in milliseconds with one decimal. */
export const formatMs = (ms: number): string => ms.toFixed(1);

/** Formats a number without decimals. */
export const formatCount = (value: number): string => Math.round(value).toLocaleString("en");

/** Formats a number of connections. */
export const formatConnections = (count: number): string =>
  count === 1 ? "1 connection" : `${count} connections`;
