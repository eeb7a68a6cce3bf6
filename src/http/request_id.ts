import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./context.ts";

/** The form of `X-OpenStack-Request-ID`. */
const GLOBAL_REQUEST_ID = /^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Assigns a request id, `req-` and a UUID, and returns it under both header names that clients read. */
export const requestId = createMiddleware<AppEnv>((c, next) => {
  const id = `req-${crypto.randomUUID()}`;
  c.set("requestId", id);
  const global = c.req.header("X-OpenStack-Request-ID");
  c.set("globalRequestId", global !== undefined && GLOBAL_REQUEST_ID.test(global) ? global : undefined);
  c.header("x-openstack-request-id", id);
  c.header("x-compute-request-id", id);
  return next();
});
