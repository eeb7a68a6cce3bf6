import type { Context } from "hono";
import { tokenOf } from "../../http/caller.ts";
import type { AppEnv } from "../../http/context.ts";
import { Cinder } from "./cinder.ts";

const MICROVERSION = "OpenStack-API-Version";

/**
 * Returns the Cinder of the request's region, with the caller's token.
 *
 * @throws Error in a region without one
 */
export function cinderOf(c: Context<AppEnv>): Cinder {
  const { cinder } = c.get("config");
  if (cinder === undefined) throw new Error("a region without a Cinder has transfers of its own");
  const microversion = c.req.header(MICROVERSION);
  return new Cinder(
    cinder,
    {
      "X-Auth-Token": tokenOf(c) ?? "",
      Accept: "application/json",
      // Cinder writes it into its log.
      "X-OpenStack-Request-ID": c.get("globalRequestId") ?? c.get("requestId"),
      ...(microversion !== undefined && { [MICROVERSION]: microversion }),
    },
    c.get("identity"),
  );
}
