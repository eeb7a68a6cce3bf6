import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./context.ts";

/** Gives the request an id, `req-` and a UUID, and tells it in the answer, under both names that clients know. */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const id = `req-${crypto.randomUUID()}`;
  c.set("requestId", id);
  c.header("x-openstack-request-id", id);
  c.header("x-compute-request-id", id);
  await next();
});
