import type { Results } from "../results.ts";
import { DELAY_MS } from "../round_trips.ts";
import { formatMs, type Section } from "./markdown.ts";

/** A round trip between continents in milliseconds, such as between Frankfurt and Sydney. */
const INTERCONTINENTAL_MS = 250;
const SHOW_ENDPOINT = "GET /volume-transfers/{deep}";

/** Formats what a distant database or a distant caller costs. */
export function distanceSection({ roundTrips }: Results): Section {
  const show = roundTrips?.endpoints.find(({ endpoint }) => endpoint === SHOW_ENDPOINT);
  const measured =
    show === undefined ? "" : ` With a database ${DELAY_MS} ms away, a show takes ${formatMs(show.ms)} ms.`;
  return {
    paragraphs: [
      "## Distance to the database",
      `Each request takes one round trip to the database, so the location of the Worker determines the cost of distance. With smart placement (\`wrangler.toml\`) Cloudflare runs the Worker near the database. A caller on another continent then waits for one round trip between the continents, about ${INTERCONTINENTAL_MS} ms, plus the time of the service. A Worker near the caller waits equally long for the database.${measured}`,
      "D1 can have read replicas. Each response of a service on D1 has the header `x-d1-bookmark`. If a client sends the bookmark with its next request, any replica that is at least as new may answer. Without a bookmark the primary answers, because a client that does not know bookmarks must see its own writes. With read replication, and clients that send bookmarks, disable smart placement: the Worker then runs near the caller and a replica.",
    ],
  };
}
