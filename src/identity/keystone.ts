import * as z from "zod/mini";
import type { Config } from "../config/config.ts";
import { serviceUnavailable } from "../http/faults.ts";
import type { AuthStrategy } from "./strategy.ts";
import { TokenCache, type Validated } from "./token_cache.ts";

/** The part of Keystone's response that is read. A token without a project is unscoped, or scoped to a domain. */
const tokenSchema = z.object({
  token: z.object({
    expires_at: z.pipe(
      z.iso.datetime(),
      z.transform((time) => Date.parse(time)),
    ),
    user: z.object({ id: z.string() }),
    project: z.optional(z.object({ id: z.string() })),
    roles: z._default(z.array(z.object({ name: z.string() })), []),
  }),
});

type KeystoneConfig = Extract<Config["identity"], { strategy: "keystone" }>;

/**
 * Authenticates by Keystone tokens. A token is validated with itself, so that this service needs no service account
 * (Identity API reference, "Validate and show information for token").
 */
export function keystone({ url, timeoutMs, cacheSeconds }: KeystoneConfig): AuthStrategy {
  const cache = new TokenCache(cacheSeconds, timeoutMs);
  return {
    challenge: `Keystone uri="${url}/v3"`,
    identify: (token) => cache.identify(token, (t) => validate(url, timeoutMs, t)),
    forget: (token) => cache.forget(token),
  };
}

/**
 * @returns undefined for a token that is unknown, expired or revoked, or not scoped to a project
 * @throws Fault 503 if Keystone is unavailable, slow or failing
 */
async function validate(url: string, timeoutMs: number, token: string): Promise<Validated | undefined> {
  const response = await fetch(`${url}/v3/auth/tokens?nocatalog`, {
    headers: { "X-Auth-Token": token, "X-Subject-Token": token },
    // A redirect would send the token to another origin.
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(() => undefined);
  if (response?.status === 401 || response?.status === 404) return undefined;
  const answer = response?.ok
    ? tokenSchema.safeParse(await response.json().catch(() => undefined))
    : undefined;
  if (!answer?.success)
    throw serviceUnavailable("Keystone is unavailable, so your token cannot be checked. Try again.");
  const { user, project, roles, expires_at } = answer.data.token;
  if (project === undefined) return undefined;
  return {
    identity: { user_id: user.id, project_id: project.id, roles: new Set(roles.map(({ name }) => name)) },
    expiresAt: expires_at,
  };
}
