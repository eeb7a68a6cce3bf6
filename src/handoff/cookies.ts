import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { AppEnv } from "../http/context.ts";
import { badRequest } from "../http/faults.ts";
import { endpoint } from "../http/links.ts";
import { makeSealer } from "../http/seal.ts";

const { seal, unseal } = makeSealer("cookies of /handoff");

/** The most characters that browsers store of a cookie, less its name and attributes. */
const MAX_LENGTH = 3900;

/** A cookie whose value only this service can read and make. */
interface SealedCookie {
  readonly name: string;
  /** `Lax` for a cookie that must come back with the redirect of another site. */
  readonly sameSite: "Strict" | "Lax";
}

export const SESSION_COOKIE: SealedCookie = { name: "handoff", sameSite: "Strict" };
export const SIGN_IN_COOKIE: SealedCookie = { name: "handoff-sign-in", sameSite: "Lax" };

/**
 * Returns the attributes of a cookie. It is `Secure`, with the prefix by which browsers accept it from this host alone,
 * except over plain HTTP on the machine itself, for development.
 */
function attributes(c: Context<AppEnv>, { name, sameSite }: SealedCookie) {
  const local = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(endpoint(c));
  const options = { path: "/", httpOnly: true, secure: !local, sameSite } as const;
  return { name: local ? name : `__Host-${name}`, options };
}

/**
 * Stores a value in a cookie, encrypted.
 *
 * @param maxAge seconds
 * @throws Fault 400 if the value is too large for a cookie
 */
export async function saveCookie(
  c: Context<AppEnv>,
  cookie: SealedCookie,
  value: object,
  maxAge: number,
): Promise<void> {
  const { name, options } = attributes(c, cookie);
  const sealed = await seal(c.get("deployment").shared.authKeySecret, cookie.name, value);
  if (sealed.length > MAX_LENGTH) {
    throw badRequest("Your token is too large for a cookie. Ask for a token with fewer claims or roles.");
  }
  setCookie(c, name, sealed, { ...options, maxAge });
}

/** Returns the value of a cookie; undefined if there is none that this service has made. */
export async function readCookie(c: Context<AppEnv>, cookie: SealedCookie): Promise<unknown> {
  const sealed = getCookie(c, attributes(c, cookie).name);
  return sealed && (await unseal(c.get("deployment").shared.authKeySecret, cookie.name, sealed));
}

export function dropCookie(c: Context<AppEnv>, cookie: SealedCookie): void {
  const { name, options } = attributes(c, cookie);
  deleteCookie(c, name, options);
}
