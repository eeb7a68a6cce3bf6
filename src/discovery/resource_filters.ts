import * as z from "zod/mini";
import { resourceNotFound } from "../http/faults.ts";
import type { AllowedFilters } from "../http/list_filters.ts";
import { RESOURCE_FILTER_CONFIG } from "../http/microversions.ts";
import { queryParameters } from "../http/query.ts";
import { resource } from "../http/resource.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { queryParameter } from "../openapi/parameters.ts";
import { SNAPSHOT_FILTERS } from "../snapshots/filters.ts";
import { VOLUME_TYPE_FILTERS } from "../volume_types/filters.ts";
import { VOLUME_FILTERS } from "../volumes/filters.ts";

/** Returns the filters as Cinder's configuration names them: `name~` allows `name`, too. */
const configured = ({ names, like }: AllowedFilters): string[] =>
  names.map((name) => (like && name === "name" ? "name~" : name));

const FILTERS: Readonly<Record<string, readonly string[]>> = {
  volume: configured(VOLUME_FILTERS),
  snapshot: configured(SNAPSHOT_FILTERS),
  volume_type: configured(VOLUME_TYPE_FILTERS),
};

const filtersListed = z.strictObject({
  resource_filters: z.array(z.strictObject({ resource: z.string(), filters: z.array(z.string()) })),
});

/** The filters that users may apply to lists. */
export const resourceFilters = resource().get(
  "/",
  describeRoute({
    id: "listResourceFilters",
    rule: "authenticated",
    tag: "filters",
    summary: "List resource filters",
    description: "From 3.33. `name~` stands for `name`, too.",
    parameters: [queryParameter("resource", "Only the filters of lists of this resource.")],
    response: { status: 200, description: "The filters of each resource.", body: filtersListed },
    faults: [404],
  }),
  queryParameters("resource"),
  (c) => {
    if (c.get("microversion") < RESOURCE_FILTER_CONFIG) throw resourceNotFound();
    const { resource: asked } = c.req.valid("query");
    return c.json({
      resource_filters: Object.entries(FILTERS).flatMap(([resource, filters]) =>
        !asked || asked === resource ? [{ resource, filters: [...filters] }] : [],
      ),
    });
  },
);
