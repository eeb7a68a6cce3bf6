import { EVENTS_GOAL } from "../goals.ts";
import type { Results } from "../results.ts";
import { formatCount, formatGoal, formatMs, formatTable, NO_SECTION, type Section } from "./markdown.ts";

/** Formats what events cost, and the pages of the feed and of the history. */
export function eventsSection({ events }: Results): Section {
  if (events === undefined) return NO_SECTION;
  const { throughput, rowsWritten, pages, date, machine } = events;
  const sizes = [...new Set(pages.map(({ size }) => size))];
  const [smallest = 0] = sizes;
  return {
    paragraphs: [
      "## Events",
      `${date}, ${machine}.`,
      "Create and accept, as above, with two Workers on one sqld in alternating rounds: with events, the default, and with `EVENTS=off`. *Share* is the throughput with events, relative to that without.",
      formatTable(
        ["Connections", "With, requests/s", "Without, requests/s", "Share", "Goal"],
        throughput.map(({ connections, requestsPerSecond: { on, off } }) => [
          String(connections),
          formatCount(on),
          formatCount(off),
          (on / off).toFixed(2),
          `≥ ${EVENTS_GOAL}: ${formatGoal(on / off >= EVENTS_GOAL)}`,
        ]),
      ),
      "An event is one row of `events` with an entry in three indexes, or in four if the volume has a new owner. A closed transfer has an entry in two indexes of the history, or in three if it was accepted. On D1 each of these is a row written, at $1.00 per million.",
      formatTable(
        ["Rows written", "Create", "Accept", "Delete"],
        (["on", "off"] as const).map((setting) => {
          const { create, accept, delete: deleted } = rowsWritten[setting];
          return [`EVENTS=${setting}`, String(create), String(accept), String(deleted)];
        }),
      ),
      "Pages of 20, of a project with as many events and closed transfers. Goal: a page reads the same number of rows at every size.",
      formatTable(
        [
          "Page",
          ...sizes.flatMap((size) => [`Rows at ${formatCount(size)}`, `ms at ${formatCount(size)}`]),
          "Same rows",
        ],
        [...new Set(pages.map(({ page }) => page))].map((name) => {
          const ofPage = pages.filter(({ page }) => page === name);
          const first = ofPage.find(({ size }) => size === smallest)?.rowsRead;
          return [
            name,
            ...ofPage.flatMap(({ rowsRead, ms }) => [String(rowsRead), formatMs(ms)]),
            formatGoal(ofPage.every(({ rowsRead }) => rowsRead === first)),
          ];
        }),
      ),
    ],
  };
}
