import * as z from "zod/mini";
import { Fault } from "../http/faults.ts";
import { callKeystone, readToken, unavailable } from "../identity/keystone_api.ts";
import type { Session } from "./session.ts";

/** The timeout of a request to Keystone, milliseconds: hashing a password takes longer than checking a token. */
const TIMEOUT_MS = 10_000;
const CONSEQUENCE = "you cannot sign in";

const projectsSchema = z.object({
  projects: z.array(z.object({ id: z.string(), name: z.string() })),
});

/** A project that a user can change to. */
export type Project = z.output<typeof projectsSchema>["projects"][number];

/** The credentials of a user for Keystone (Identity API reference, "Authentication and token management"). */
type Identity =
  | { readonly user: string; readonly domain: string; readonly password: string }
  | { readonly application_credential: string; readonly secret: string }
  | { readonly token: string };

/**
 * Asks Keystone for a token, and returns a session with it. The credentials are passed on, and not stored.
 *
 * @param url Keystone's
 * @param project the project of the token; undefined for one without a project
 * @throws Fault 401 if Keystone refuses, 429 if it limits its requests, 503 if it is unavailable
 */
export async function requestToken(url: string, identity: Identity, project?: string): Promise<Session> {
  const scope = project === undefined ? "unscoped" : { project: { id: project } };
  const body =
    "application_credential" in identity
      ? // Its project is its own.
        { auth: { identity: identityBody(identity) } }
      : { auth: { identity: identityBody(identity), scope } };
  const response = await call(url, "auth/tokens?nocatalog", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (response.status >= 400) throw refused(identity);
  const token = response.headers.get("X-Subject-Token");
  if (token === null) throw unavailable(CONSEQUENCE);
  const { expires_at, methods, user, project: own } = await readToken(response, CONSEQUENCE);
  return {
    token,
    userId: user.id,
    user: user.name ?? user.id,
    project: own === undefined ? null : { id: own.id, name: own.name ?? own.id },
    canSwitch: !methods.includes("application_credential"),
    expiresAt: expires_at,
  };
}

function identityBody(identity: Identity): object {
  if ("token" in identity) return { methods: ["token"], token: { id: identity.token } };
  if ("password" in identity) {
    const { user: name, domain, password } = identity;
    return { methods: ["password"], password: { user: { name, domain: { name: domain }, password } } };
  }
  const { application_credential: id, secret } = identity;
  return { methods: ["application_credential"], application_credential: { id, secret } };
}

/** Returns the projects that the user of a token can change to. */
export async function listProjects(url: string, token: string): Promise<Project[]> {
  const response = await call(url, "auth/projects", { headers: { "X-Auth-Token": token } });
  if (response.status === 401) throw new Fault(401, "Your session has ended. Sign in again.");
  const { data } = projectsSchema.safeParse(await response.json().catch(() => undefined));
  if (data === undefined) throw unavailable(CONSEQUENCE);
  return data.projects.map(({ id, name }) => ({ id, name }));
}

/**
 * Revokes a token.
 *
 * @returns whether it is valid no more
 */
export async function revokeToken(url: string, token: string): Promise<boolean> {
  const headers = { "X-Auth-Token": token, "X-Subject-Token": token };
  const response = await call(url, "auth/tokens", { method: "DELETE", headers }).catch(() => undefined);
  // One that Keystone does not know any more has expired, or was revoked before.
  return response !== undefined && (response.ok || response.status === 401 || response.status === 404);
}

const call = (url: string, path: string, init: RequestInit): Promise<Response> =>
  callKeystone(url, path, { ...init, timeoutMs: TIMEOUT_MS, consequence: CONSEQUENCE });

const refused = (identity: Identity): Fault => {
  if ("token" in identity) return new Fault(403, "Keystone does not let you use this project.");
  return new Fault(
    401,
    "password" in identity
      ? "Keystone does not accept this user, domain and password."
      : "Keystone does not accept this application credential.",
  );
};
