import { createMiddleware } from "hono/factory";
import { type Config, perConfig } from "../config/config.ts";
import { type AppEnv, ifSet } from "../http/context.ts";
import { Leases } from "../http/leases.ts";
import { isOfTransfers } from "../http/region.ts";
import { forward } from "./forward.ts";

/** The time that a request takes beside its waiting, milliseconds. */
const MARGIN_MS = 1000;

/** The paths, beside those of transfers, that this service answers itself. */
const OWN_PATHS =
  /^\/(docs|handoff|healthcheck|livez|metrics|openapi\.json|readyz|regions|v3(\/[^/]+)?\/events)(\/|$)/;

/** Limits the requests that wait for Cinder. They are apart from the others: a slow Cinder stops no other request. */
const leasesOf = perConfig(
  ({ cinder, maxRequestsInFlight: total, maxProjectRequestsInFlight: perKey }: Config) =>
    new Leases({
      total,
      perKey,
      leaseMs: (cinder?.timeoutMs ?? 0) + MARGIN_MS,
      refusal: "Too many requests wait for Cinder. Try again.",
    }),
);

/**
 * Sends a request to Cinder, in a region that stands in front of one, unless this service answers it: a transfer, an
 * event, or a path of the service itself. Cinder authenticates the caller.
 *
 * @throws Fault 503 if too many requests of the region, or with the same token, wait for Cinder; the faults of `forward`
 */
export const passThrough = createMiddleware<AppEnv>(async (c, next) => {
  const config = ifSet(c, "config");
  const { path } = c.req;
  if (config?.cinder === undefined || OWN_PATHS.test(path) || isOfTransfers(path)) return next();
  const { cinder } = config;
  const token = c.get("sessionToken") ?? c.req.header("X-Auth-Token") ?? "";
  return leasesOf(config).run(token, () => forward(c, cinder));
});
