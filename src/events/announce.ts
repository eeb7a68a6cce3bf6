import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../http/context.ts";
import { deliverEvents } from "./deliver.ts";

/** Delivers the event that a successful request has committed, after its response. No request waits for it. */
export const announce = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  const config = c.get("config");
  const { webhooks, queue } = config.events;
  if (c.res.ok && (webhooks.urls.length > 0 || queue !== undefined)) {
    c.executionCtx.waitUntil(deliverEvents(config));
  }
});
