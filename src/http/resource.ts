import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./context.ts";
import { badRequest, resourceNotFound } from "./faults.ts";
import type { Microversion } from "./microversions.ts";
import { negotiate } from "./negotiate.ts";
import { createRouter } from "./router.ts";

/**
 * Requires that the project in the path is the caller's own. This holds for admins, too.
 *
 * @throws Fault 400 if it is not
 */
const ownProject = createMiddleware<AppEnv>((c, next) => {
  const project_id = c.req.param("project_id");
  if (project_id !== undefined && project_id !== c.get("identity").project_id) {
    throw badRequest("Malformed request url");
  }
  return next();
});

/**
 * Creates the router of a resource, which is mounted with and without a project in the path.
 *
 * @example
 * const routes = resource().get("/:id", (c) => c.json({ id: c.req.param("id") }));
 * createRouter().route("/v3/volumes", routes).route("/v3/:project_id/volumes", routes);
 */
export const resource = () => createRouter().use(negotiate, ownProject);

/**
 * Makes the middleware of paths that do not exist before a microversion.
 *
 * @example
 * resource().get("/", since(GROUP_VOLUME), (c) => c.json({ groups: [] }));
 */
export const since = (first: Microversion) =>
  createMiddleware<AppEnv>((c, next) => {
    if (c.get("microversion") < first) throw resourceNotFound();
    return next();
  });

/** Makes a response without a body. Its type is JSON, as in Cinder that of most of them. */
const emptyJson = (c: Context<AppEnv>, status: 200 | 202): Response =>
  c.body(null, status, { "Content-Type": "application/json" });

/** Makes a 202 without a body. */
export const accepted = (c: Context<AppEnv>): Response => emptyJson(c, 202);

/** Makes a 200 without a body. */
export const succeeded = (c: Context<AppEnv>): Response => emptyJson(c, 200);

/** Makes a response without a body. Its type is HTML, as in Cinder that of some, which have one header with the request id. */
function emptyHtml(c: Context<AppEnv>, status: 200 | 202): Response {
  c.header("x-compute-request-id", undefined);
  return c.body(null, status, { "Content-Type": "text/html; charset=UTF-8" });
}

/** Makes a 202 without a body, of the type HTML. */
export const acceptedHtml = (c: Context<AppEnv>): Response => emptyHtml(c, 202);

/** Makes a 200 without a body, of the type HTML. */
export const succeededHtml = (c: Context<AppEnv>): Response => emptyHtml(c, 200);
