import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../http/context.ts";
import { Fault } from "../http/faults.ts";
import { endpoint } from "../http/links.ts";

/** The header of the page's requests. Another site cannot send it: CORS does not allow it. */
const HEADER = "X-Handoff";

/** Returns whether a request claims to come from the page. */
export const isFromPage = (c: Context<AppEnv>): boolean => c.req.header(HEADER) !== undefined;

/**
 * Asserts that the page itself has sent a request, according to the browser: by `Sec-Fetch-Site`, or, where the
 * browser sends none, by `Origin`.
 *
 * @throws Fault 403 if it does not
 */
export function assertSameOrigin(c: Context<AppEnv>): void {
  const site = c.req.header("Sec-Fetch-Site");
  const origin = c.req.header("Origin");
  const hosts = [URL.parse(endpoint(c))?.host, c.req.header("Host")];
  const sameSite = site === undefined || site === "same-origin";
  // An opaque origin, `null`, has no host.
  const sameHost = origin === undefined || hosts.includes(URL.parse(origin)?.host ?? "");
  if (!isFromPage(c) || !sameSite || !sameHost) {
    throw new Fault(403, "The request does not come from the page at /handoff.");
  }
}

/** Refuses requests that another site's page has sent. */
export const sameOrigin = createMiddleware<AppEnv>((c, next) => {
  assertSameOrigin(c);
  return next();
});
