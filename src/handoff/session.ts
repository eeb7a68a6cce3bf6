import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import * as z from "zod/mini";
import type { AppEnv } from "../http/context.ts";
import { dropCookie, readCookie, SESSION_COOKIE, saveCookie } from "./cookies.ts";
import { assertSameOrigin, isFromPage } from "./same_origin.ts";

const sessionSchema = z.object({
  token: z.string(),
  user: z.string(),
  /** Null until the user has chosen one. */
  project: z.nullable(z.object({ id: z.string(), name: z.string() })),
  /** Whether the user can change to another project without a new login. */
  canSwitch: z.boolean(),
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
});

/** The session of a user of the page. The cookie contains all of it: the service has no state for it. */
export type Session = z.output<typeof sessionSchema>;

/** Returns the request's session; undefined if there is none, or if its token has expired. */
export async function readSession(c: Context<AppEnv>): Promise<Session | undefined> {
  const { data } = sessionSchema.safeParse(await readCookie(c, SESSION_COOKIE));
  return data !== undefined && data.expiresAt > Date.now() ? data : undefined;
}

/** Starts a session, or replaces the present one. It ends with its token. */
export const saveSession = (c: Context<AppEnv>, session: Session): Promise<void> =>
  saveCookie(c, SESSION_COOKIE, session, Math.max(0, Math.floor((session.expiresAt - Date.now()) / 1000)));

export const endSession = (c: Context<AppEnv>): void => dropCookie(c, SESSION_COOKIE);

/**
 * Gives a request of the page the token of its session: sets `c.var.sessionToken`. The cookie alone gives a request
 * nothing, so a form or an image of another site cannot use it.
 *
 * @throws Fault 403 if the page that sent the request is of another origin
 */
export const sessionToken = createMiddleware<AppEnv>(async (c, next) => {
  if (c.get("deployment").shared.handoff !== undefined && isFromPage(c)) {
    assertSameOrigin(c);
    c.set("sessionToken", (await readSession(c))?.token);
  }
  await next();
});
