import { app } from "./app.ts";
import type { Bindings } from "./config.ts";
import { database } from "./db/engine/database.ts";
import { deployment } from "./deployment.ts";
import { sweepEvents } from "./events/sweep.ts";
import { inRegion, logEvent } from "./http/log.ts";
import { inEveryRegion } from "./regions.ts";
import { sweep } from "./transfers/sweep.ts";

/** The Worker's entry points. */
export default {
  fetch(request, bindings, context) {
    const answer = Promise.resolve(app.fetch(request, bindings, context));
    // A request whose client has disconnected still runs to its end, so that it is logged and no longer counted in flight.
    context.waitUntil(answer);
    return answer;
  },

  /** In every region: closes expired transfers, delivers events, and deletes old closed transfers and events. */
  async scheduled(_controller, bindings) {
    await inEveryRegion(deployment(bindings), async (config) => {
      const { expired, deleted } = await sweep(database(config), config);
      const events = await sweepEvents(config);
      if (expired > 0 || deleted > 0 || events > 0) {
        logEvent("sweep", { ...inRegion(config), expired, deleted, events });
      }
    });
  },
} satisfies ExportedHandler<Bindings>;
