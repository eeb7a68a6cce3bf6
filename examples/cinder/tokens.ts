import * as z from "zod";

/** Returns a token of the follower's user in a project. */
export type Tokens = (project: string) => Promise<string>;

/** The login of a user who has the role `admin` in every project, or `admin` in one and `member` in the others. */
export interface Login {
  /** The URL of Keystone. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly domain: string;
}

/** How long a token is kept, milliseconds: one that was revoked is replaced soon. */
const KEPT_MS = 300_000;
const TIMEOUT_MS = 30_000;

const issued = z.object({ token: z.object({ expires_at: z.iso.datetime() }) });

/** Returns tokens of Keystone. */
export function keystoneTokens({ url, user, password, domain }: Login): Tokens {
  const kept = new Map<string, { readonly token: string; readonly until: number }>();
  return async (project) => {
    const found = kept.get(project);
    if (found !== undefined && Date.now() < found.until) return found.token;
    const identity = {
      methods: ["password"],
      password: { user: { name: user, password, domain: { name: domain } } },
    };
    const response = await fetch(`${url.replace(/(\/v3)?\/*$/, "")}/v3/auth/tokens`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ auth: { identity, scope: { project: { id: project } } } }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const token = response.headers.get("X-Subject-Token");
    if (response.status !== 201 || token === null) {
      throw new Error(
        `Keystone gave ${user} no token for project ${project}: ${response.status} ${await response.text()}`,
      );
    }
    const { expires_at } = issued.parse(await response.json()).token;
    kept.set(project, { token, until: Math.min(Date.now() + KEPT_MS, Date.parse(expires_at) - TIMEOUT_MS) });
    return token;
  };
}

/** Returns tokens for `AUTH_STRATEGY=noauth`, for trials. */
export const noauthTokens =
  (user: string): Tokens =>
  async (project) =>
    `${user}:${project}:admin`;
