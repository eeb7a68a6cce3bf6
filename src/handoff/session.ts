import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import * as z from "zod/mini";
import type { AppEnv } from "../http/context.ts";
import { Fault } from "../http/faults.ts";
import { dropCookie, readCookie, SESSION_COOKIE, saveCookie } from "./cookies.ts";
import { assertSameOrigin, isFromPage } from "./same_origin.ts";

/** The header in which a request of the page names the user and the project that its tab shows. */
const CALLER = "X-Handoff-Caller";
/** The longest time for which browsers keep a cookie, seconds: 400 days. */
const MAX_AGE = 400 * 86_400;

const sessionSchema = z.object({
  token: z.string(),
  /** The token of the sign-in, from which that of the project was made; absent if it is the same. */
  signInToken: z.optional(z.string()),
  userId: z.string(),
  /** The name of the user. */
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
export const saveSession = (c: Context<AppEnv>, session: Session): Promise<void> => {
  const seconds = Math.min(MAX_AGE, Math.max(0, Math.floor((session.expiresAt - Date.now()) / 1000)));
  return saveCookie(c, SESSION_COOKIE, session, seconds);
};

export const endSession = (c: Context<AppEnv>): void => dropCookie(c, SESSION_COOKIE);

/** Names the user and the project of a session, as requests of the page repeat it. */
export const callerOf = ({ userId, project }: Session): string =>
  [userId, ...(project === null ? [] : [project.id])].map(encodeURIComponent).join("/");

/**
 * Asserts that a request is of the user and the project that its tab shows: another tab may have changed the session,
 * and a volume must not move into a project that the user does not see.
 *
 * @throws Fault 403 if the session is of another user or project
 */
export function assertCaller(c: Context<AppEnv>, session: Session): void {
  const shown = c.req.header(CALLER);
  if (shown === undefined || shown === callerOf(session)) return;
  const project = session.project === null ? "" : ` in project ${session.project.name}`;
  throw new Fault(
    403,
    `This page shows another user or project: in another tab you are ${session.user}${project} now. Nothing was done.`,
  );
}

/**
 * Gives a request of the page the token of its session: sets `c.var.sessionToken`. The cookie alone gives a request
 * nothing, so a form or an image of another site cannot use it.
 *
 * @throws Fault 403 if the page that sent the request is of another origin, or if its tab shows another session
 */
export const sessionToken = createMiddleware<AppEnv>(async (c, next) => {
  if (c.get("deployment").shared.handoff !== undefined && isFromPage(c)) {
    assertSameOrigin(c);
    const session = await readSession(c);
    if (session !== undefined) assertCaller(c, session);
    c.set("sessionToken", session?.token);
  }
  await next();
});
