import { app } from "./app.ts";
import { type Bindings, configuration } from "./config.ts";
import { database } from "./db/database.ts";
import { logEvent } from "./http/log.ts";
import { expireTransfers } from "./transfers/expire.ts";

/** The Worker's entry points. */
export default {
  fetch(request, bindings, context) {
    const answer = Promise.resolve(app.fetch(request, bindings, context));
    // A request whose client has disconnected still runs to its end, so that it is logged and no longer counted in flight.
    context.waitUntil(answer);
    return answer;
  },

  /** Closes expired transfers. */
  async scheduled(_controller, bindings) {
    const ended = await expireTransfers(database(configuration(bindings)));
    if (ended > 0) logEvent("expired offers", { ended });
  },
} satisfies ExportedHandler<Bindings>;
