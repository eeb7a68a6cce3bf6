import { createMiddleware } from "hono/factory";
import type { Config } from "../config/config.ts";
import { type AppEnv, ifSet } from "./context.ts";
import { serviceUnavailable } from "./faults.ts";
import { Slots } from "./slots.ts";

/** Requests that wait for their caller's identity or body, for each that may be in flight. */
const ADMITTED_PER_SLOT = 4;

interface Load {
  /** The requests that were admitted: also those that wait for their caller's identity or body. */
  admitted: number;
  /** The requests in flight: those that use the database. */
  readonly inFlight: Slots;
}
const loads = new WeakMap<Config, Load>();

function loadOf(config: Config): Load {
  let load = loads.get(config);
  if (load === undefined) {
    const { maxRequestsInFlight: total, maxProjectRequestsInFlight: perProject } = config;
    load = { admitted: 0, inFlight: new Slots({ total, perProject }) };
    loads.set(config, load);
  }
  return load;
}

const overloaded = () =>
  serviceUnavailable("The service has more requests than it can answer in time. Try again.");

/**
 * Bounds the number of requests of one instance of the Worker, whatever their route and state, before anything is
 * spent on them.
 *
 * @throws Fault 503 beyond the bound, or if all slots for requests in flight are taken
 */
export const boundRequests = createMiddleware<AppEnv>(async (c, next) => {
  const config = ifSet(c, "config");
  // A request that names no region gets a response at once.
  if (config === undefined) return next();
  const load = loadOf(config);
  if (load.inFlight.full || load.admitted >= config.maxRequestsInFlight * ADMITTED_PER_SLOT)
    throw overloaded();
  load.admitted++;
  try {
    await next();
  } finally {
    load.admitted--;
  }
});

/**
 * Bounds the number of requests in flight, in total and of one project, so that those in flight are answered in time
 * and no project can take all slots.
 *
 * @throws Fault 503 beyond `MAX_REQUESTS_IN_FLIGHT` or `MAX_PROJECT_REQUESTS_IN_FLIGHT`
 */
export const takeSlot = createMiddleware<AppEnv>(async (c, next) => {
  const leave = loadOf(c.get("config")).inFlight.enter(c.get("identity").project_id);
  if (leave === undefined) throw overloaded();
  try {
    await next();
  } finally {
    leave();
  }
});
