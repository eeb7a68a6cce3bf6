import { createMiddleware } from "hono/factory";
import { configuration } from "../config.ts";
import { database } from "../db/database.ts";
import type { AppEnv } from "./context.ts";
import { badRequest } from "./faults.ts";

const HEADER = "x-d1-bookmark";
const BOOKMARK = /^[0-9a-f]+(-[0-9a-f]+)*$/i;

/**
 * Reads the configuration and opens a database session at the bookmark that the request names, and returns the
 * session's new bookmark in the response (D1 Sessions API).
 *
 * @throws Fault 400 for a malformed bookmark; ConfigurationError
 */
export const openSession = createMiddleware<AppEnv>(async (c, next) => {
  const config = configuration(c.env);
  c.set("config", config);
  const requested = c.req.header(HEADER);
  if (requested !== undefined && !BOOKMARK.test(requested)) {
    throw badRequest(`${HEADER} must be a value that an earlier response returned.`);
  }
  const db = database(config, requested);
  c.set("db", db);
  await next();
  const bookmark = db.bookmark();
  if (bookmark !== undefined) c.header(HEADER, bookmark);
});
