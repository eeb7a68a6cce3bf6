import { app } from "./app.ts";
import type { Bindings } from "./config/config.ts";
import { deployment } from "./config/deployment.ts";
import { sweepRegions } from "./transfers/sweep.ts";

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

  /** Does the work of each minute, in every region. */
  scheduled: (_controller: unknown, bindings: Bindings) => sweepRegions(deployment(bindings)),
} satisfies ExportedHandler<Bindings>;
