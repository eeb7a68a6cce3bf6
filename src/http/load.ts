import { createMiddleware } from "hono/factory";
import type { Config } from "../config.ts";
import type { AppEnv } from "./context.ts";
import { serviceUnavailable } from "./faults.ts";

const inFlight = new WeakMap<Config, number>();

/**
 * Lets in as many requests at once as `MAX_REQUESTS_IN_FLIGHT` says: under a load that the database cannot carry,
 * those that are let in are answered in time, and memory stays as it is.
 *
 * @throws Fault 503 for those beyond
 */
export const shedLoad = createMiddleware<AppEnv>(async (c, next) => {
  const config = c.get("config");
  const others = inFlight.get(config) ?? 0;
  if (others >= config.maxRequestsInFlight) {
    throw serviceUnavailable("The service has more requests than it can answer in time. Try again.");
  }
  inFlight.set(config, others + 1);
  try {
    await next();
  } finally {
    inFlight.set(config, (inFlight.get(config) ?? 1) - 1);
  }
});
