import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./context.ts";

/** Assigns a request id, `req-` and a UUID, and returns it under both header names that clients read. */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const id = `req-${crypto.randomUUID()}`;
  c.set("requestId", id);
  c.header("x-openstack-request-id", id);
  c.header("x-compute-request-id", id);
  await next();
});
