import { timingSafeEqual } from "hono/utils/buffer";
import { type Config, perConfig } from "../config/config.ts";
import { ifSet, type RequestContext } from "../http/context.ts";
import { resourceNotFound, unauthorized } from "../http/faults.ts";
import { createRouter } from "../http/router.ts";
import { exposeGauge } from "../metrics/instruments.ts";
import { exposeMetrics } from "../metrics/metrics.ts";
import { countStatements } from "./counts.sql.ts";

const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** The time for which a count is valid, milliseconds: it reads an index, and must not follow every scrape. */
const VALID_MS = 60_000;
const lastCount = perConfig((_: Config): { at: number; lines: readonly string[] } => ({ at: 0, lines: [] }));

/**
 * Returns the lines of the metrics that the database holds, which are counted at most once a minute. Those of other
 * resources go here, from the same batch.
 *
 * @returns none if the database does not answer
 */
async function exposeCounts({
  db,
  config,
}: Pick<RequestContext, "db" | "config">): Promise<readonly string[]> {
  const last = lastCount(config);
  const at = Date.now();
  if (at - last.at < VALID_MS) return last.lines;
  try {
    const { openTransfers } = await db.read(countStatements);
    const gauge = { name: "volume_transfers_open_transfers", help: "Transfers that are open." };
    last.lines = exposeGauge(gauge, openTransfers[0]?.rows ?? 0);
    last.at = at;
    return last.lines;
  } catch {
    return [];
  }
}

/**
 * The metrics in OpenMetrics, for the bearer of `METRICS_TOKEN`. Without the variable the path does not exist. While
 * the database does not answer, the metrics that it holds are missing.
 */
export const monitoring = createRouter().get("/metrics", async (c) => {
  const { metricsToken } = c.get("deployment").shared;
  if (metricsToken === undefined) throw resourceNotFound();
  const [, token = ""] = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "") ?? [];
  if (!(await timingSafeEqual(token, metricsToken))) throw unauthorized('Bearer realm="metrics"');
  // Those of a region: a request that names none has no database.
  const config = ifSet(c, "config");
  const db = ifSet(c, "db");
  const counts = config && db && (await exposeCounts({ db, config }));
  const lines = [...exposeMetrics(), ...(counts ?? []), "# EOF", ""];
  return c.body(lines.join("\n"), 200, { "Content-Type": OPENMETRICS, "Cache-Control": "no-store" });
});
