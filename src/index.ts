import { app } from "./app.ts";
import type { Bindings } from "./config/config.ts";
import { deployment } from "./config/deployment.ts";
import { database } from "./db/engine/database.ts";
import { sweepEvents } from "./events/sweep.ts";
import { inRegion, logEvent } from "./http/log.ts";
import { inEveryRegion } from "./http/region.ts";
import { sweep } from "./transfers/sweep.ts";

/** The part of the context of a request that the service uses. */
export type Context = Pick<ExecutionContext, "waitUntil" | "passThroughOnException" | "props">;

/** The entry points of the Worker, and of the host in `host/`. */
export default {
  fetch(request: Request, bindings: Bindings, context: Context) {
    const answer = Promise.resolve(app.fetch(request, bindings, context));
    // A request whose client has disconnected still runs to its end, so that it is logged and no longer counted in flight.
    context.waitUntil(answer);
    return answer;
  },

  /** In every region: closes expired transfers, delivers events, and deletes old closed transfers and events. */
  async scheduled(_controller: unknown, bindings: Bindings) {
    await inEveryRegion(deployment(bindings), async (config) => {
      const { expired, deleted } = await sweep(database(config), config);
      const events = await sweepEvents(config);
      if (expired > 0 || deleted > 0 || events > 0) {
        logEvent("sweep", { ...inRegion(config), expired, deleted, events });
      }
    });
  },
} satisfies ExportedHandler<Bindings>;
