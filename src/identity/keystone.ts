import type { Config } from "../config/config.ts";
import { logEvent } from "../http/log.ts";
import { callKeystone, readToken, unavailable } from "./keystone_api.ts";
import type { AuthStrategy } from "./strategy.ts";
import { TokenCache, type Validated } from "./token_cache.ts";

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
 * @returns undefined for a token that is unknown, expired or revoked, not scoped to a project, or that Keystone does
 *   not let its user validate
 * @throws Fault 503 if Keystone is unavailable, slow or failing, 429 if it limits its requests
 */
async function validate(url: string, timeoutMs: number, token: string): Promise<Validated | undefined> {
  const consequence = "your token cannot be checked";
  const response = await callKeystone(url, "auth/tokens?nocatalog", {
    headers: { "X-Auth-Token": token, "X-Subject-Token": token },
    timeoutMs,
    consequence,
  });
  if (response.status === 403) {
    // One token, or a policy of Keystone that lets no token validate itself: the operator must see it.
    logEvent("token refused", { status: response.status, rule: "identity:validate_token" });
    return undefined;
  }
  if (response.status === 401 || response.status === 404) return undefined;
  if (!response.ok) throw unavailable(consequence);
  const { user, project, roles, expires_at } = await readToken(response, consequence);
  if (project === undefined) return undefined;
  return {
    identity: { user_id: user.id, project_id: project.id, roles: new Set(roles.map(({ name }) => name)) },
    expiresAt: expires_at,
  };
}
