import { DURABILITY_GOAL } from "../goals.ts";
import type { Results } from "../results.ts";
import { formatCount, formatGoal, formatMs, formatTable, NO_SECTION, type Section } from "./markdown.ts";

/** Formats what it costs to put each commit on disk before its response. */
export function durabilitySection({ durability }: Results): Section {
  if (durability === undefined) return NO_SECTION;
  const { measurements, date, machine } = durability;
  return {
    paragraphs: [
      "## Durability",
      `${date}, ${machine}.`,
      "`npm run serve` puts each commit on disk before its response ([reliability.md](reliability.md#power-failures)). Create and accept, as above, with three Workers on one sqld in alternating rounds: without (`SYNC_WRITES=off`), with `fdatasync` of the log (the default), and with a checkpoint of sqld's admin API instead, which was not chosen. *Share* is the throughput with `fdatasync`, relative to that without.",
      formatTable(
        [
          "Connections",
          "Without, requests/s",
          "fdatasync, requests/s",
          "Share",
          "Goal",
          "Checkpoint, requests/s",
          "Without, p50, ms",
          "fdatasync, p50, ms",
          "Checkpoint, p50, ms",
        ],
        measurements.map(({ connections, requestsPerSecond, p50 }) => {
          const share = requestsPerSecond.fdatasync / requestsPerSecond.none;
          return [
            String(connections),
            formatCount(requestsPerSecond.none),
            formatCount(requestsPerSecond.fdatasync),
            share.toFixed(2),
            // The goal is for a service under load.
            connections === 1 ? "" : `≥ ${DURABILITY_GOAL}: ${formatGoal(share >= DURABILITY_GOAL)}`,
            formatCount(requestsPerSecond.checkpoint),
            formatMs(p50.none),
            formatMs(p50.fdatasync),
            formatMs(p50.checkpoint),
          ];
        }),
      ),
    ],
  };
}
