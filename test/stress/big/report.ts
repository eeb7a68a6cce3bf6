import { loadavg } from "node:os";
import { formatGoal, formatTable } from "../../measure/bench/report/markdown.ts";
import { currentEnvironment } from "../../measure/bench/results.ts";
import { writeSection } from "../../support/document_section.ts";
import type { Gaps } from "./writers.ts";

/** A command on the big database, and what the clients that write have seen meanwhile. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  /** Undefined if no client wrote. */
  readonly gaps: Gaps | undefined;
  /** The 99th percentile of the requests that is allowed, milliseconds, and none may fail; undefined for no goal. */
  readonly maxP99Ms: number | undefined;
}

interface Results {
  /** The number of closed transfers at the start. */
  readonly transfers: number;
  /** The number of transfers that the sweep has deleted. */
  readonly deleted: number;
  /** The size of the backup. */
  readonly bytes: number;
  readonly phases: readonly Phase[];
}

/**
 * Prints the results, and writes them into docs/reliability.md.
 *
 * @param documented whether the run has the full size, and its results go into the document
 * @returns the names of the phases that have missed their goal
 */
export function writeReport({ transfers, deleted, bytes, phases }: Results, documented: boolean): string[] {
  const { date, machine } = currentEnvironment();
  const isMissed = ({ gaps, maxP99Ms }: Phase) =>
    gaps !== undefined && maxP99Ms !== undefined && (gaps.p99Ms > maxP99Ms || gaps.failures > 0);
  const text = [
    `${date}, ${machine}, load average ${(loadavg()[1] ?? 0).toFixed(1)}. ${transfers.toLocaleString("en")} closed transfers at the start; the backup has ${Math.round(bytes / 1e6).toLocaleString("en")} MB; the sweep deleted ${deleted.toLocaleString("en")} transfers.`,
    formatTable(
      ["While clients write", "Time, s", "Writes", "Failed", "p99, ms", "Longest gap, ms", "Goal"],
      phases.map((phase) => [
        phase.name,
        phase.seconds.toFixed(0),
        phase.gaps?.writes.toLocaleString("en") ?? "",
        phase.gaps?.failures.toLocaleString("en") ?? "",
        phase.gaps?.p99Ms.toFixed(0) ?? "",
        phase.gaps?.longestMs.toFixed(0) ?? "",
        phase.maxP99Ms === undefined
          ? ""
          : `p99 ≤ ${phase.maxP99Ms}, none failed: ${formatGoal(!isMissed(phase))}`,
      ]),
    ),
  ].join("\n\n");
  console.log(text);
  if (documented) writeSection("docs/reliability.md", "npm run test:big", text);
  return phases.filter(isMissed).map(({ name }) => name);
}
