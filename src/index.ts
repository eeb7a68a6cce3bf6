import { app } from "./app.ts";
import { type Bindings, configuration } from "./config.ts";
import { database } from "./db/database.ts";
import { logEvent } from "./http/log.ts";
import { expireTransfers } from "./transfers/expire.ts";

/** The Worker. */
export default {
  fetch(request, bindings, context) {
    const answer = Promise.resolve(app.fetch(request, bindings, context));
    // A request whose caller has gone away goes on to its end, where it is logged and no longer counted as load.
    context.waitUntil(answer);
    return answer;
  },

  /** Gives back the volumes of offers that have expired. */
  async scheduled(_controller, bindings) {
    const ended = await expireTransfers(database(configuration(bindings)));
    if (ended > 0) logEvent("expired offers", { ended });
  },
} satisfies ExportedHandler<Bindings>;
