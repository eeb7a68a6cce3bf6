import { SERVICE_NAME } from "../goals.ts";
import type { OperationName } from "../operations.ts";
import type { Results } from "../results.ts";
import { formatCount, formatTable } from "./markdown.ts";

/** Cloudflare's prices beyond the included volume, in dollars per million, as of November 2026. */
const PRICES = { request: 0.3, cpuMs: 0.02, rowRead: 0.001, rowWritten: 1, logLine: 0.6 };
/** The limits of Cloudflare's free plan. */
const FREE = { cpuMs: 10, rowsWrittenPerDay: 100_000 };

/** How often a page that somebody looks at asks for changes on Cloudflare: every 4 seconds, for 8 hours on 22 days of a month. */
const LOOKS_PER_MONTH = (8 * 22 * 3600) / 4;
const LOOK = "look for changes";

/** The operations whose rows are counted, and the throughput measurement that includes each of them. */
const OPERATIONS: readonly (readonly [operation: string, measuredAs: OperationName])[] = [
  ["show", "show"],
  ["first page", "list"],
  [LOOK, "show"],
  ["create", "create and accept"],
  ["accept", "create and accept"],
  ["delete", "create and delete"],
];

/** Formats what operations cost on Cloudflare. It needs both the throughput and the rows. */
export function costSection({ throughput, remote }: Results): string[] {
  if (throughput === undefined || remote === undefined) return [];
  const prices = OPERATIONS.flatMap(([operation, measuredAs]) => {
    const counted = remote.rows.find((one) => one.operation === operation);
    const load = throughput.measurements.find(
      (one) => one.contender === SERVICE_NAME && one.operation === measuredAs && one.connections === 8,
    );
    if (counted === undefined || load === undefined) return [];
    const { read, written } = counted;
    const price =
      PRICES.request + load.cpuMs * PRICES.cpuMs + read * PRICES.rowRead + written * PRICES.rowWritten;
    return [{ operation, read, written, cpuMs: load.cpuMs, price, priceWithLog: price + PRICES.logLine }];
  });
  const look = prices.find(({ operation }) => operation === LOOK);
  const perMonth = (price: number) => dollars((price * LOOKS_PER_MONTH) / 1_000_000);
  const writtenBy = (name: string) => remote.rows.find(({ operation }) => operation === name)?.written ?? 0;
  const handovers = Math.floor(FREE.rowsWrittenPerDay / (writtenBy("create") + writtenBy("accept")));
  return [
    "## Cost",
    `D1 counts rows as SQLite does: each index that a write changes is a row written. The CPU time is that of the service with 8 connections, above. Beyond the included volume, a million requests cost $${PRICES.request}, a million milliseconds of CPU time $${PRICES.cpuMs}, a million rows read $${PRICES.rowRead}, a million rows written $${PRICES.rowWritten} and a million lines of the log $${PRICES.logLine} (Cloudflare's prices of November 2026). \`wrangler.toml\` sets \`LOG_REQUESTS=errors\`: only requests that fail have a line. With \`all\` each request has one, and with \`invocation_logs = true\` another one, for $${PRICES.logLine} a million each.`,
    formatTable(
      ["Operation", "Rows read", "Rows written", "CPU, ms", "Price of a million", "With `LOG_REQUESTS=all`"],
      prices.map(({ operation, read, written, cpuMs, price, priceWithLog }) => [
        operation,
        String(read),
        String(written),
        cpuMs.toFixed(2),
        dollars(price),
        dollars(priceWithLog),
      ]),
    ),
    ...(look === undefined
      ? []
      : [
          `The [page](handoff.md#live) looks for changes every 4 seconds while somebody looks at it, and gets a 304. Open for 8 hours on 22 days of a month, it asks ${formatCount(LOOKS_PER_MONTH)} times, for ${perMonth(look.price)}, or ${perMonth(look.priceWithLog)} with \`LOG_REQUESTS=all\`.`,
        ]),
    `Cloudflare's free plan is for evaluation only: it allows ${FREE.cpuMs} ms of CPU time a request, less than a long list needs, and ${formatCount(FREE.rowsWrittenPerDay)} rows written a day, which are ${formatCount(handovers)} transfers that are created and accepted.`,
  ];
}

const dollars = (price: number): string => `$${price.toFixed(2)}`;
