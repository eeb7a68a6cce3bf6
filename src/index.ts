import { app } from "./app.ts";
import { type Bindings, configuration } from "./config.ts";
import { database } from "./db/database.ts";
import { sweepEvents } from "./events/sweep.ts";
import { logEvent } from "./http/log.ts";
import { sweep } from "./transfers/sweep.ts";

/** The Worker's entry points. */
export default {
  fetch(request, bindings, context) {
    const answer = Promise.resolve(app.fetch(request, bindings, context));
    // A request whose client has disconnected still runs to its end, so that it is logged and no longer counted in flight.
    context.waitUntil(answer);
    return answer;
  },

  /** Closes expired transfers, delivers events, and deletes old closed transfers and events. */
  async scheduled(_controller, bindings) {
    const config = configuration(bindings);
    const { expired, deleted } = await sweep(database(config), config);
    const events = await sweepEvents(config);
    if (expired > 0 || deleted > 0 || events > 0) logEvent("sweep", { expired, deleted, events });
  },
} satisfies ExportedHandler<Bindings>;
