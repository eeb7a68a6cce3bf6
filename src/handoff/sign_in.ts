import * as z from "zod/mini";
import type { Config } from "../config/config.ts";
import { badRequest, Fault } from "../http/faults.ts";
import { forgetToken } from "../identity/authenticate.ts";
import { listProjects, type Project, requestToken, revokeToken } from "./keystone.ts";
import type { Session } from "./session.ts";

/** The lifetime of a session with AUTH_STRATEGY=noauth, milliseconds: its token has none. */
const NOAUTH_MS = 8 * 3_600_000;

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
 * Changes to another project without a new login. The token before stays valid until it expires: its revocation would
 * end the new one, which descends from it.
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
  return requestToken(identity.url, { token: session.token }, project);
}

/** Ends the token of a session, where the identity service can: a copy of the cookie is then worthless. */
export async function signOut(config: SharedIdentity, { token }: Session): Promise<void> {
  if (config.identity.strategy !== "keystone") return;
  await forgetToken(config, token);
  // The cookie is dropped whether Keystone answers or not.
  await revokeToken(config.identity.url, token).catch(() => undefined);
}
