import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import type { RouterRoute } from "hono/types";
import { ConfigurationError } from "../config/config.ts";
import { DatabaseUnavailable, ResultTooLarge } from "../db/engine/driver.ts";
import { type AppEnv, ifSet } from "./context.ts";
import {
  badRequest,
  Fault,
  faultResponse,
  internalError,
  methodNotAllowed,
  resourceNotFound,
  serviceUnavailable,
} from "./faults.ts";
import { errorFields, logEvent } from "./log.ts";
import { allowedMethods } from "./router.ts";

/** Answers a thrown fault; any other error is logged, and answered without its details. */
export const answerError: ErrorHandler<AppEnv> = (error, c: Context<AppEnv>) => {
  if (error instanceof Fault) return faultResponse(c, error);
  logEvent("error", { request_id: c.get("requestId"), ...errorFields(error) });
  return faultResponse(c, faultOf(error));
};

function faultOf(error: Error): Fault {
  if (error instanceof DatabaseUnavailable) {
    const effect = error.inDoubt
      ? "Try again; the request may have taken effect all the same."
      : "Nothing has changed, and nothing will. Try again.";
    return serviceUnavailable(`The database is unavailable. ${effect}`);
  }
  if (error instanceof ResultTooLarge)
    return badRequest("The response would be too large. Ask for fewer items with `limit`.");
  if (error instanceof ConfigurationError)
    return new Fault(503, `The service is not configured: ${error.message}.`);
  return internalError();
}

/**
 * Makes the answer to a request that no route serves: 405 with the methods of its path, or 404 if it has none.
 *
 * @param routes all routes of the service
 */
export function answerUnknown(routes: readonly RouterRoute[]): NotFoundHandler<AppEnv> {
  const methodsAt = allowedMethods(routes);
  return (c) => {
    const methods = methodsAt(c.req.path);
    if (methods.length > 0 && !methods.includes(c.req.method))
      return faultResponse(c, methodNotAllowed(methods));
    // As in Cinder, the response has a version only if there is such a resource: for `/limits/x`, not for `/nowhere`.
    const isOfResource = methods.length === 0 && ifSet(c, "microversion") !== undefined && depth(c) <= 2;
    if (!isOfResource) {
      for (const header of ["OpenStack-API-Version", "Vary", "x-compute-request-id"])
        c.header(header, undefined);
    }
    return faultResponse(c, resourceNotFound());
  };
}

/** Returns the number of names in a path of the API, without that of the caller's project. */
function depth(c: Context<AppEnv>): number {
  const names = c.req.path.split("/").slice(2);
  return names[0] === c.get("identity").project_id ? names.length - 1 : names.length;
}
