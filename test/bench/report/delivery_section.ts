import { DELIVERY_GOAL_MS } from "../goals.ts";
import type { Results } from "../results.ts";
import { formatCount, formatGoal, formatMs, formatTable, NO_SECTION, type Section } from "./markdown.ts";

/** Formats how long after its commit an event arrives at an endpoint. */
export function deliverySection({ delivery }: Results): Section {
  if (delivery === undefined) return NO_SECTION;
  const { events, p50, p99, date, machine } = delivery;
  return {
    paragraphs: [
      "## Delivery of webhooks",
      `${date}, ${machine}.`,
      "The time from the change, by the database's clock (`time` of the event), to the arrival of its webhook at an endpoint on the same machine, while the service is at rest: one request after another, with pauses.",
      formatTable(
        ["Events", "p50, ms", "p99, ms", "Goal for p50"],
        [
          [
            formatCount(events),
            formatMs(p50),
            formatMs(p99),
            `< ${formatCount(DELIVERY_GOAL_MS)}: ${formatGoal(p50 < DELIVERY_GOAL_MS)}`,
          ],
        ],
      ),
    ],
  };
}
