import type { Context } from "hono";
import { accepts } from "hono/accepts";
import * as z from "zod/mini";
import { probeDatabase } from "../db/statements/probe.ts";
import type { AppEnv } from "../http/context.ts";
import { serviceUnavailable } from "../http/faults.ts";
import { endpoint } from "../http/links.ts";
import { MAX_MICROVERSION, MIN_MICROVERSION, versionString } from "../http/microversions.ts";
import { negotiate } from "../http/negotiate.ts";
import { listRegions, namesRegion } from "../http/region.ts";
import { createRouter } from "../http/router.ts";
import { describeRoute } from "../openapi/describe_route.ts";

const versionsShown = z.strictObject({
  versions: z.array(
    z.strictObject({
      id: z.literal("v3.0"),
      status: z.literal("CURRENT"),
      version: z.string(),
      min_version: z.string(),
      updated: z.string(),
      links: z.array(
        z.strictObject({ rel: z.enum(["describedby", "self"]), type: z.optional(z.string()), href: z.url() }),
      ),
      "media-types": z.array(z.strictObject({ base: z.string(), type: z.string() })),
    }),
  ),
});

/** The date of the last change of the advertised versions. */
const UPDATED = "2026-11-23T00:00:00Z";

/** Makes the list of API versions: one version with its microversions. */
const shownVersions = (c: Context<AppEnv>) => ({
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

const regionsShown = z.strictObject({
  regions: z.array(
    z.strictObject({
      id: z.string(),
      links: z.array(z.strictObject({ rel: z.literal("self"), href: z.url() })),
    }),
  ),
});

/** Makes the list of regions, with the base URL of each. */
const shownRegions = (c: Context<AppEnv>) => ({
  regions: listRegions(c).map(({ region, url }) => ({
    id: region,
    links: [{ rel: "self", href: `${url}/` }],
  })),
});

/** Responds to a health check as oslo.middleware does, in JSON for a client that prefers it. */
const health = (c: Context<AppEnv>) => {
  const supports = ["text/plain", "application/json"];
  const type = accepts(c, { header: "Accept", supports, default: "text/plain" });
  return type === "text/plain" ? c.text("OK") : c.json({ detailed: false, reasons: ["OK"] });
};

/** The routes that need neither a token nor a region: the versions, the regions, and whether the service runs. */
export const discovery = createRouter()
  .get(
    "/",
    describeRoute({
      id: "listVersions",
      tag: "discovery",
      summary: "List API versions",
      description: "Of a deployment of several regions, the path without a region lists the regions.",
      rule: "open",
      response: { status: 300, description: "The versions.", body: z.union([versionsShown, regionsShown]) },
    }),
    negotiate,
    (c) => (namesRegion(c) ? c.json(shownVersions(c), 300) : c.json(shownRegions(c), 300)),
  )
  .get(
    "/regions",
    describeRoute({
      id: "listRegions",
      tag: "discovery",
      summary: "List regions",
      description: "None, if the deployment has no regions.",
      rule: "open",
      response: { status: 200, description: "The regions.", body: regionsShown },
    }),
    (c) => c.json(shownRegions(c)),
  )
  .get(
    "/healthcheck",
    describeRoute({
      id: "checkHealth",
      tag: "discovery",
      summary: "Whether the service runs",
      description: "The response is the text `OK`, or JSON if `Accept` prefers it.",
      rule: "open",
      response: { status: 200, description: "It does." },
    }),
    health,
  )
  .get("/healthcheck/", health);

/** The version and the readiness of a region, which need no token. */
export const versions = createRouter()
  .get(
    "/v3/",
    describeRoute({
      id: "showVersion",
      tag: "discovery",
      summary: "Show API v3",
      rule: "open",
      response: { status: 200, description: "The versions.", body: versionsShown },
    }),
    negotiate,
    (c) => c.json(shownVersions(c)),
  )
  .get("/v3", (c) => {
    c.header("x-compute-request-id", undefined);
    c.header("Content-Type", "text/plain; charset=utf8");
    return c.redirect(`${endpoint(c)}/v3/`);
  })
  .get(
    "/readyz",
    describeRoute({
      id: "checkReadiness",
      rule: "open",
      tag: "discovery",
      summary: "Check that the database accepts reads and writes",
      response: { status: 200, description: "The database accepts reads and writes." },
    }),
    async (c) => {
      if (await probeDatabase(c.get("db"), c.get("config"))) return c.text("OK");
      throw serviceUnavailable("The database does not accept reads and writes in time.");
    },
  );
