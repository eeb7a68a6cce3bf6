import { createMiddleware } from "hono/factory";
import type { Config } from "../config.ts";
import type { Scope } from "../db/scope.ts";
import { saysYes } from "../http/body.ts";
import type { AppEnv } from "../http/context.ts";
import { unauthorized } from "../http/faults.ts";
import { jwt } from "./jwt.ts";
import { keystone } from "./keystone.ts";
import { noauth } from "./noauth.ts";

/** Who is asking. */
export interface Identity {
  readonly user_id: string;
  readonly project_id: string;
  readonly roles: ReadonlySet<string>;
}

/** A way to find out who a token belongs to. */
export interface AuthStrategy {
  /** What a 401 tells in `WWW-Authenticate`: where tokens come from. */
  readonly challenge: string;
  /**
   * @returns the identity, or undefined where the token is not one that this service honours
   * @throws Fault 503 where that cannot be found out now
   */
  readonly identify: (token: string) => Promise<Identity | undefined>;
}

const strategies = new WeakMap<Config, AuthStrategy>();

/** The configured strategy, made once for each configuration: it remembers tokens. */
function strategyOf(config: Config): AuthStrategy {
  let strategy = strategies.get(config);
  if (strategy === undefined) {
    strategy = makeStrategy(config.identity);
    strategies.set(config, strategy);
  }
  return strategy;
}

function makeStrategy(identity: Config["identity"]): AuthStrategy {
  switch (identity.strategy) {
    case "noauth":
      console.warn("AUTH_STRATEGY=noauth: anybody is whoever they say they are. For development alone.");
      return noauth;
    case "keystone":
      return keystone(identity);
    case "jwt":
      return jwt(identity);
  }
}

/** Whether the caller is an admin, who sees the resources of every project. */
export const isAdmin = (identity: Identity): boolean => identity.roles.has("admin");

/** Whose resources the caller can reach by their ids: its own project's; an admin all. */
export const scopeOf = (identity: Identity): Scope =>
  isAdmin(identity) ? "all" : { project_id: identity.project_id };

/**
 * Whose resources a list has: the caller's own project's; all, where an admin asks for `all_tenants`.
 *
 * @param all_tenants the parameter of the query
 */
export const listScopeOf = (identity: Identity, all_tenants: string | undefined): Scope =>
  isAdmin(identity) && saysYes(all_tenants) ? "all" : { project_id: identity.project_id };

/**
 * Reads the caller's identity from `X-Auth-Token`, or `Authorization: Bearer`, into `c.var.identity`.
 *
 * @throws Fault 401 where there is no token, or one that the strategy does not honour; 503 where it cannot tell
 */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  const strategy = strategyOf(c.get("config"));
  const [, bearer] = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "") ?? [];
  const token = c.req.header("X-Auth-Token") || bearer;
  const identity = token && (await strategy.identify(token));
  if (!identity) throw unauthorized(strategy.challenge);
  c.set("identity", identity);
  // What follows is a project's own: no cache on the way may keep it.
  c.header("Cache-Control", "no-store");
  await next();
});
