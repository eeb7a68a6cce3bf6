import { createMiddleware } from "hono/factory";
import { database } from "../db/engine/database.ts";
import { type AppEnv, ifSet } from "./context.ts";
import { badRequest } from "./faults.ts";

const HEADER = "x-d1-bookmark";
const BOOKMARK = /^[0-9a-f]+(-[0-9a-f]+)*$/i;

/**
 * Sets `c.var.db`: opens the region's database, without I/O. On D1 it opens a session at the bookmark that the request
 * names, and returns the session's new bookmark in the response (D1 Sessions API).
 *
 * @throws Fault 400 for a malformed bookmark; ConfigurationError
 */
export const openDatabase = createMiddleware<AppEnv>(async (c, next) => {
  const config = ifSet(c, "config");
  // A request that names no region has no database.
  if (config === undefined) return next();
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
