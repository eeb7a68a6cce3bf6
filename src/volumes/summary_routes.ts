import * as z from "zod/mini";
import { resourceNotFound } from "../http/faults.ts";
import { VOLUME_SUMMARY } from "../http/microversions.ts";
import { queryParameters } from "../http/query.ts";
import { createRouter } from "../http/router.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { booleanParameter } from "../openapi/parameters.ts";
import { described } from "../openapi/shapes.ts";
import { summarizeVolumes } from "./summary.ts";

const summaryShown = z.strictObject({
  "volume-summary": z.strictObject({
    total_count: z.int().check(z.minimum(0)),
    total_size: z.int().check(z.minimum(0), described("GiB.")),
    metadata: z.optional(
      z.record(z.string(), z.array(z.string())).check(described("The values of each key. From 3.36.")),
    ),
  }),
});

/** The summary of volumes. It belongs before the routes of a volume, whose id could otherwise be `summary`. */
export const volumeSummary = createRouter().get(
  "/summary",
  describeRoute({
    id: "summarizeVolumes",
    rule: "volume:get_all",
    tag: "volumes",
    summary: "Get volumes summary",
    description: "From 3.12.",
    parameters: [booleanParameter("all_tenants", "For admins: sum up the volumes of all projects.")],
    response: { status: 200, description: "The summary.", body: summaryShown },
    faults: [404],
  }),
  queryParameters("all_tenants"),
  async (c) => {
    if (c.get("microversion") < VOLUME_SUMMARY) throw resourceNotFound();
    return c.json({ "volume-summary": await summarizeVolumes(c.var, c.req.valid("query").all_tenants) });
  },
);
