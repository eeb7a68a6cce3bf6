import * as z from "zod/mini";
import { Fault, serviceUnavailable } from "../http/faults.ts";
import type { Session } from "./session.ts";

/** The timeout of a request to Keystone, milliseconds: hashing a password takes longer than checking a token. */
const TIMEOUT_MS = 10_000;

/** The part of Keystone's response that is read. Only a token of a project has one. */
const tokenSchema = z.object({
  token: z.object({
    expires_at: z.string(),
    methods: z.array(z.string()),
    user: z.object({ name: z.string() }),
    project: z.optional(z.object({ id: z.string(), name: z.string() })),
  }),
});

const projectsSchema = z.object({
  projects: z.array(z.object({ id: z.string(), name: z.string() })),
});

/** A project that a user can change to. */
export type Project = z.output<typeof projectsSchema>["projects"][number];

/** What proves to Keystone who the user is (Identity API reference, "Authentication and token management"). */
type Identity =
  | { readonly user: string; readonly domain: string; readonly password: string }
  | { readonly application_credential: string; readonly secret: string }
  | { readonly token: string };

/**
 * Asks Keystone for a token, and returns a session with it. What it is given is passed on, and kept nowhere.
 *
 * @param url Keystone's
 * @param project the project of the token; undefined for one without a project
 * @throws Fault 401 if Keystone refuses, 503 if it is unavailable
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
  if (response.status >= 400 && response.status < 500) throw refused(identity);
  const token = response.headers.get("X-Subject-Token");
  const { data } = tokenSchema.safeParse(await response.json().catch(() => undefined));
  if (token === null || data === undefined) throw unavailable();
  const { expires_at, methods, user, project: own } = data.token;
  return {
    token,
    user: user.name,
    project: own ?? null,
    canSwitch: !methods.includes("application_credential"),
    expiresAt: Date.parse(expires_at),
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
  if (response.status === 401) throw expired();
  const { data } = projectsSchema.safeParse(await response.json().catch(() => undefined));
  if (data === undefined) throw unavailable();
  return data.projects.map(({ id, name }) => ({ id, name }));
}

/** Revokes a token. */
export async function revokeToken(url: string, token: string): Promise<void> {
  const headers = { "X-Auth-Token": token, "X-Subject-Token": token };
  await call(url, "auth/tokens", { method: "DELETE", headers });
}

async function call(url: string, path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(`${url}/v3/${path}`, {
    ...init,
    // A redirect would send the password or the token to another origin.
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined);
  if (response === undefined || response.status >= 500) throw unavailable();
  return response;
}

const expired = () => new Fault(401, "Your session has ended. Sign in again.");

const refused = (identity: Identity): Fault => {
  if ("token" in identity) return new Fault(403, "Keystone does not let you use this project.");
  return new Fault(
    401,
    "password" in identity
      ? "Keystone does not accept this user, domain and password."
      : "Keystone does not accept this application credential.",
  );
};

const unavailable = () =>
  serviceUnavailable("Keystone is unavailable, so you cannot sign in now. Try again.");
