import { createMiddleware } from "hono/factory";
import { type Config, perConfig } from "../config/config.ts";
import { tokenOf } from "../http/caller.ts";
import type { AppEnv, Identity } from "../http/context.ts";
import { unauthorized } from "../http/faults.ts";
import { jwt } from "./jwt.ts";
import { keystone } from "./keystone.ts";
import { noauth } from "./noauth.ts";
import type { AuthStrategy } from "./strategy.ts";

const TOKEN = /^[!-~]{1,8192}$/;

/** Returns whether a text is an id: neither blank nor unprintable. */
const isId = (id: string): boolean => id.length <= 255 && id.trim() !== "" && !/\p{C}/u.test(id);

/** Returns the configured strategy. All regions of a deployment share it, since it holds the token cache. */
const strategyOf = perConfig((identity: Config["identity"]): AuthStrategy => {
  switch (identity.strategy) {
    case "noauth":
      return noauth;
    case "keystone":
      return keystone(identity);
    case "jwt":
      return jwt(identity);
  }
});

/**
 * Validates a token.
 *
 * @returns undefined for a token that is not valid
 * @throws Fault 503 if it cannot be validated now
 */
export async function identify(
  config: Pick<Config, "identity">,
  token: string,
): Promise<Identity | undefined> {
  // Tokens of another form exist nowhere, and are sent nowhere.
  if (!TOKEN.test(token)) return undefined;
  const identity = await strategyOf(config.identity).identify(token);
  return identity && isId(identity.user_id) && isId(identity.project_id) ? identity : undefined;
}

/** Removes a token from the cache: its next use is validated. */
export const forgetToken = async (config: Pick<Config, "identity">, token: string): Promise<void> =>
  strategyOf(config.identity).forget?.(token);

/**
 * Validates the token in `X-Auth-Token`, or in `Authorization: Bearer`, or of the session of the page, and sets `c.var.identity`.
 *
 * @throws Fault 401 if the token is missing or not valid; 503 if it cannot be validated now
 */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  const config = c.get("config");
  const token = tokenOf(c);
  const identity = token ? await identify(config, token) : undefined;
  if (!token || identity === undefined) throw unauthorized(strategyOf(config.identity).challenge);
  c.set("identity", identity);
  c.set("isAuthenticated", async () => (await identify(config, token)) !== undefined);
  // Responses below belong to one project: no cache on the way may store them.
  c.header("Cache-Control", "no-store");
  return next();
});
