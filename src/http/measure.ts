import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import { setMetric, timing } from "hono/timing";
import { metrics } from "../metrics/metrics.ts";
import { type AppEnv, ifSet } from "./context.ts";

/** Records each request for `/metrics`, if `METRICS_TOKEN` is set. */
export const measureRequests = createMiddleware<AppEnv>(async (c, next) => {
  const started = performance.now();
  await next();
  // A request that fails early has neither.
  const deployment = ifSet(c, "deployment");
  const db = ifSet(c, "db");
  if (deployment?.shared.metricsToken === undefined) return;
  const labels = { method: c.req.method, route: routePath(c) };
  metrics.requests.increment({ ...labels, status: String(c.res.status) });
  metrics.requestDuration.observe(labels, (performance.now() - started) / 1000);
  const databaseMs = db?.elapsedMs();
  if (databaseMs !== undefined) metrics.databaseDuration.observe(labels, databaseMs / 1000);
});

const addTimings = timing({ totalDescription: "Request" });

/** Returns the time of the request and the database's part of it in `Server-Timing`, with `SERVER_TIMING=on`. */
export const serverTiming = createMiddleware<AppEnv>((c, next) => {
  if (!c.get("deployment").shared.serverTiming) return next();
  return addTimings(c, async () => {
    await next();
    // A request that names no region has no database.
    const db = ifSet(c, "db");
    const databaseMs = db?.elapsedMs();
    if (databaseMs !== undefined) setMetric(c, "db", databaseMs, "Database");
  });
});
