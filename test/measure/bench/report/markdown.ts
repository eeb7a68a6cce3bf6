/** Formats a Markdown table. */
export const formatTable = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** Formats whether a goal is met. */
export const formatGoal = (met: boolean): string => (met ? "met" : "**missed**");

/** Formats a time in milliseconds with one decimal. */
export const formatMs = (ms: number): string => ms.toFixed(1);

/** Formats a number without decimals. */
export const formatCount = (value: number): string => Math.round(value).toLocaleString("en");

/** Formats a ratio with the digits that matter. */
export const formatRatio = (ratio: number): string => ratio.toFixed(ratio < 10 ? 2 : 0);
