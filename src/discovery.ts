import { type Context, Hono } from "hono";
import type { AppEnv } from "./context.ts";
import { endpoint } from "./links.ts";
import { MAX_MICROVERSION, MIN_MICROVERSION, negotiate, versionString } from "./microversions.ts";
import { allow } from "./resource.ts";

/** The day on which what is advertised here last changed. */
const UPDATED = "2026-11-23T00:00:00Z";

/** The versions that this service speaks: one, and its microversions. */
const versions = (c: Context<AppEnv>) => ({
  versions: [
    {
      id: "v3.0",
      status: "CURRENT",
      version: versionString(MAX_MICROVERSION),
      min_version: versionString(MIN_MICROVERSION),
      updated: UPDATED,
      links: [
        { rel: "describedby", type: "text/html", href: "https://docs.openstack.org/" },
        { rel: "self", href: `${endpoint(c)}/v3/` },
      ],
      "media-types": [{ base: "application/json", type: "application/vnd.openstack.volume+json;version=3" }],
    },
  ],
});

/** Version discovery and the health check: open to all, without a token. */
export const discovery = new Hono<AppEnv>()
  .get("/", negotiate, (c) => c.json(versions(c), 300))
  .get("/v3/", negotiate, (c) => c.json(versions(c)))
  .get("/v3", (c) => {
    c.header("x-compute-request-id", undefined);
    return c.redirect(`${endpoint(c)}/v3/`);
  })
  .get("/healthcheck", (c) => c.text("OK"))
  .all("/", allow("GET"))
  .all("/v3", allow("GET"))
  .all("/v3/", allow("GET"))
  .all("/healthcheck", allow("GET"));
