import type { Results } from "../results.ts";
import { DELAY_MS, LIMIT_MS } from "../round_trips.ts";
import { formatGoal, formatMs, formatTable, NO_SECTION, type Section } from "./markdown.ts";

const SHOWN = 10;

/** Formats the times of the endpoints with a distant database. */
export function roundTripsSection({ roundTrips }: Results): Section {
  if (roundTrips === undefined) return NO_SECTION;
  const { endpoints, date, machine } = roundTrips;
  const fast = endpoints.filter(({ ms }) => ms <= LIMIT_MS).length;
  const slowest = endpoints.toSorted((a, b) => b.ms - a.ms).slice(0, SHOWN);
  return {
    paragraphs: [
      "## Round trips",
      `${date}, ${machine}.`,
      `A proxy delays each exchange between the Worker and sqld by ${DELAY_MS} ms. The Worker has Keystone's tokens in its cache. Goal: the median of every endpoint is at most ${LIMIT_MS} ms, so that every request takes one round trip. Met by ${fast} of ${endpoints.length} endpoints: ${formatGoal(fast === endpoints.length)}. The ${SHOWN} slowest endpoints:`,
      formatTable(
        ["Endpoint", "Median, ms"],
        slowest.map(({ endpoint, ms }) => [`\`${endpoint}\``, formatMs(ms)]),
      ),
    ],
  };
}
