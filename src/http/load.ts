import { createMiddleware } from "hono/factory";
import { type Config, perConfig } from "../config/config.ts";
import { type AppEnv, ifSet } from "./context.ts";
import { Leases } from "./leases.ts";

/** Requests that wait for their caller's identity or body, for each that may be in flight. */
const ADMITTED_PER_SLOT = 4;
/** The longest time that a request waits for its caller's identity, milliseconds. */
const IDENTITY_MS = 10_000;
/** The time that a request takes beside its waiting, milliseconds. */
const MARGIN_MS = 1000;

const REFUSAL = "The service has more requests than it can answer in time. Try again.";

type Limits = Pick<
  Config,
  "maxRequestsInFlight" | "maxProjectRequestsInFlight" | "bodyTimeoutMs" | "databaseTimeoutMs"
>;

interface Load {
  /** The requests that were admitted: also those that wait for their caller's identity or body. */
  readonly admitted: Leases;
  /** The requests in flight: those that use the database. */
  readonly inFlight: Leases;
}
const loadOf = perConfig(
  ({
    maxRequestsInFlight: total,
    maxProjectRequestsInFlight: perKey,
    databaseTimeoutMs,
    bodyTimeoutMs,
  }: Limits): Load => {
    const leaseMs = databaseTimeoutMs + MARGIN_MS;
    return {
      admitted: new Leases({
        total: total * ADMITTED_PER_SLOT,
        leaseMs: leaseMs + bodyTimeoutMs + IDENTITY_MS,
        refusal: REFUSAL,
      }),
      inFlight: new Leases({ total, perKey, leaseMs, refusal: REFUSAL }),
    };
  },
);

/**
 * Bounds the number of requests of one instance of the Worker, whatever their route and state, before anything is
 * spent on them. Those that name no region have a bound of their own.
 *
 * @throws Fault 503 beyond the bound, or if all slots for requests in flight are taken
 */
export const boundRequests = createMiddleware<AppEnv>((c, next) => {
  const { admitted, inFlight } = loadOf(ifSet(c, "config") ?? c.get("deployment").shared);
  if (inFlight.full) throw inFlight.refused();
  return admitted.run("", next);
});

/**
 * Bounds the number of requests in flight, in total and of one project, so that those in flight are answered in time
 * and no project can take all slots.
 *
 * @throws Fault 503 beyond `MAX_REQUESTS_IN_FLIGHT` or `MAX_PROJECT_REQUESTS_IN_FLIGHT`
 */
export const takeSlot = createMiddleware<AppEnv>((c, next) =>
  loadOf(c.get("config")).inFlight.run(c.get("identity").project_id, next),
);
