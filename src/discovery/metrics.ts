import { timingSafeEqual } from "hono/utils/buffer";
import { ifSet } from "../http/context.ts";
import { resourceNotFound, unauthorized } from "../http/faults.ts";
import { createRouter } from "../http/router.ts";
import { exposeGauge } from "../metrics/instruments.ts";
import { exposeMetrics } from "../metrics/metrics.ts";
import { type Counts, countWaiting } from "./counts.sql.ts";

const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** Returns the lines of the metrics that the database holds. Those of other resources go here, from the same batch. */
const exposeCounts = ({ openTransfers }: Counts): string[] =>
  exposeGauge({ name: "volume_transfers_open_transfers", help: "Transfers that are open." }, openTransfers);

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
  const counts = config && db && (await countWaiting(db, config));
  const lines = [...exposeMetrics(), ...(counts === undefined ? [] : exposeCounts(counts)), "# EOF", ""];
  return c.body(lines.join("\n"), 200, { "Content-Type": OPENMETRICS, "Cache-Control": "no-store" });
});
