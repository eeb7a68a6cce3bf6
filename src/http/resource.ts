import { type Context, type Handler, Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { requireJson } from "./body.ts";
import type { AppEnv } from "./context.ts";
import { badRequest, Fault } from "./faults.ts";
import { negotiate } from "./negotiate.ts";
import { str } from "./python_repr.ts";

/**
 * The project that the path names must be the caller's, an admin's too.
 *
 * @throws Fault 400 where it is not
 */
const ownProject = createMiddleware<AppEnv>(async (c, next) => {
  const project_id = c.req.param("project_id");
  if (project_id !== undefined && project_id !== c.get("identity").project_id) {
    throw badRequest("Malformed request url");
  }
  await next();
});

/** The routes of a resource, to be mounted with and without a project in the path. */
export const resource = () => new Hono<AppEnv>().use(negotiate, requireJson, ownProject);

/**
 * Lets only one action through to what checks its body.
 *
 * @throws Fault 400 for a body that names another
 */
export const onlyAction = (action: string) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    const [asked] = typeof body === "object" && body !== null ? Object.keys(body) : [];
    if (asked !== undefined && asked !== action) {
      throw badRequest(
        `There is no such action: ${str(asked, false)}. Verify the request body and Content-Type header and try again.`,
      );
    }
    await next();
  });

/** 202 with no body. Cinder calls even this HTML, and tells the request's id under one name only. */
export function accepted(c: Context<AppEnv>): Response {
  c.header("x-compute-request-id", undefined);
  return c.body(null, 202, { "Content-Type": "text/html; charset=UTF-8" });
}

/** The handler behind all others of a path: 405, telling the methods that the path has. */
export const allow =
  (...methods: readonly string[]): Handler<AppEnv> =>
  () => {
    throw new Fault(405, `This method is not allowed here; allowed: ${methods.join(", ")}.`, {
      Allow: methods.join(", "),
    });
  };
