import * as z from "zod/mini";
import type { Config } from "../config/config.ts";
import { badRequest, Fault, serviceUnavailable } from "../http/faults.ts";
import { Leases } from "../http/leases.ts";
import { logEvent } from "../http/log.ts";
import { forgetToken } from "../identity/authenticate.ts";
import { listProjects, type Project, requestToken, revokeToken } from "./keystone.ts";
import type { Session } from "./session.ts";

/** The lifetime of a session with AUTH_STRATEGY=noauth, milliseconds: its token has none. */
const NOAUTH_MS = 8 * 3_600_000;

/**
 * Limits the sign-ins in progress, apart from other requests: people without an account must not take the slots of
 * callers with a token, nor make Keystone hash more passwords at once.
 */
export const signIns = new Leases({
  total: 32,
  leaseMs: 30_000,
  refusal: "Too many people sign in at this moment. Try again.",
});

/** The identity service, which all regions share. */
type SharedIdentity = Pick<Config, "identity">;

/** The forms of the page. */
const formSchema = z.union([
  z.strictObject({ user: z.string(), domain: z.string(), password: z.string() }),
  z.strictObject({ application_credential: z.string(), secret: z.string() }),
  z.strictObject({ user: z.string(), project: z.string() }),
]);

/**
 * Signs a user in with what the page's form contains.
 *
 * @throws Fault 400 for a form that is not the strategy's, 401 if the identity service refuses, 503 if it is unavailable
 */
export async function signIn({ identity }: SharedIdentity, body: unknown): Promise<Session> {
  // The message must not contain what the user has typed.
  const { data: form } = formSchema.safeParse(body);
  if (identity.strategy === "noauth" && form !== undefined && "project" in form) {
    return noauthSession(form.user, form.project);
  }
  if (identity.strategy === "keystone" && form !== undefined && !("project" in form)) {
    return requestToken(identity.url, form);
  }
  throw badRequest("The sign-in form is incomplete.");
}

function noauthSession(user: string, project: string): Session {
  const token = `${user}:${project}`;
  if (!/^[!-9;-~]{1,255}:[!-9;-~]{1,255}$/.test(token)) {
    throw badRequest(
      "User and project may contain letters, digits and punctuation, but no blank and no colon.",
    );
  }
  return {
    token,
    userId: user,
    user,
    project: { id: project, name: project },
    canSwitch: true,
    expiresAt: Date.now() + NOAUTH_MS,
  };
}

/** Returns the projects that the user can change to; undefined if only the user knows them. */
export async function projectsOf(
  { identity }: SharedIdentity,
  session: Session,
): Promise<Project[] | undefined> {
  if (identity.strategy === "keystone" && session.canSwitch) return listProjects(identity.url, session.token);
  return identity.strategy === "noauth" || session.project === null ? undefined : [session.project];
}

/**
 * Changes to another project without a new login, and ends the token of the project before.
 *
 * @throws Fault 403 if the user may not use the project, or the token is bound to its own
 */
export async function switchProject(
  { identity }: SharedIdentity,
  session: Session,
  project: string,
): Promise<Session> {
  if (!session.canSwitch || identity.strategy === "jwt") {
    throw new Fault(403, "This sign-in is bound to its project. Sign out, and sign in to the other one.");
  }
  if (identity.strategy === "noauth") return noauthSession(session.user, project);
  const signInToken = session.signInToken ?? session.token;
  const next = await requestToken(identity.url, { token: signInToken }, project);
  // Not that of the sign-in, from which the next ones are made.
  const ended = session.token === signInToken || (await endToken({ identity }, session.token));
  if (!ended) logEvent("token not revoked", { project_id: session.project?.id });
  return { ...next, signInToken };
}

/**
 * Ends the tokens of a session, where the identity service can: a copy of the cookie is then worthless.
 *
 * @throws Fault 503 if the identity service did not end them
 */
export async function signOut(config: SharedIdentity, session: Session): Promise<void> {
  const { token, signInToken = token, expiresAt } = session;
  const tokens = new Set([token, signInToken]);
  const ended = await Promise.all([...tokens].map((one) => endToken(config, one)));
  if (ended.every(Boolean)) return;
  throw serviceUnavailable(
    "You are signed out of this browser, but Keystone could not end your token: a copy of it stays valid until " +
      `${new Date(expiresAt).toISOString()}.`,
  );
}

/**
 * Revokes a token, and then forgets it: a request in between must not cache it again.
 *
 * @returns whether it is valid no more; true where tokens cannot be revoked
 */
async function endToken(config: SharedIdentity, token: string): Promise<boolean> {
  if (config.identity.strategy !== "keystone") return true;
  const ended = await revokeToken(config.identity.url, token);
  await forgetToken(config, token);
  return ended;
}
