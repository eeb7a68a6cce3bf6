import type { Invariant } from "./invariants.sql.ts";

/** The rows that break an invariant. */
export interface Finding {
  readonly title: string;
  readonly kind: Invariant["kind"];
  /** The number of all rows. */
  readonly count: number;
  /** The first rows, at most `MAX_ROWS`. */
  readonly rows: readonly { readonly id: string; readonly detail: string }[];
}

/** The result of a check. */
export interface Report {
  /** The number of rows checked, by kind. */
  readonly rows: Readonly<Record<string, number>>;
  /** Empty if the database is consistent. */
  readonly violations: readonly Finding[];
  /** States that an admin can cause. They are not failures. */
  readonly notices: readonly Finding[];
}

/** The maximum number of rows that a finding lists. */
export const MAX_ROWS = 100;

/** Returns a finding with these rows, or none. */
export const finding = (title: string, kind: Finding["kind"], rows: Finding["rows"]): Finding[] =>
  rows.length === 0 ? [] : [{ title, kind, count: rows.length, rows }];

/** Formats a finding: its title, then one line for each row. */
export function formatFinding({ kind, title, count, rows }: Finding): string {
  const more = count > rows.length ? [`  and ${count - rows.length} more`] : [];
  return [`${kind}: ${title}: ${count}`, ...rows.map(({ id, detail }) => `  ${id}: ${detail}`), ...more].join(
    "\n",
  );
}
