import { pageBody } from "../http/page.ts";
import { listQuery } from "../http/pagination.ts";
import { onlyQueryParameters } from "../http/query.ts";
import { resource } from "../http/resource.ts";
import { describeRoute } from "../openapi/describe_route.ts";
import { queryParameter } from "../openapi/parameters.ts";
import { listEvents } from "./list.ts";
import { eventList } from "./schemas.ts";
import { EVENT_TYPES, TYPE_PREFIX } from "./types.ts";
import { inFeed } from "./views.ts";

/** The feed: the events of the outbox, in the order in which they were committed. */
export const events = resource().get(
  "/",
  describeRoute({
    id: "listEvents",
    rule: "events:get_all",
    tag: "events",
    summary: "List events",
    description:
      "Lists the CloudEvents of the volumes that the project owned, gave or got, the oldest first. A reader that continues after the last event that it has read misses none.",
    parameters: [
      queryParameter("limit", "The maximum number of events on the page.", { type: "integer", minimum: 0 }),
      queryParameter("marker", "The id of the last event that was read."),
      queryParameter(
        "type",
        `Only events of this type: ${EVENT_TYPES.map((type) => TYPE_PREFIX + type).join(", ")}. No event has another.`,
      ),
      queryParameter("volume_id", "Only events of this volume."),
      queryParameter("all_tenants", "For admins: list the events of all projects."),
    ],
    response: { status: 200, description: "A page of events.", body: eventList },
    faults: [404],
  }),
  onlyQueryParameters("limit", "marker", "type", "volume_id", "all_tenants"),
  async (c) => {
    const query = listQuery(c.req.valid("query"), c.get("config").maxLimit, { created_at: "seq" });
    return c.json(pageBody(c, "events", await listEvents(c.var, query), inFeed));
  },
);
