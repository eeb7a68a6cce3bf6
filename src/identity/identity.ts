import { createMiddleware } from "hono/factory";
import type { Config } from "../config.ts";
import type { AppEnv } from "../context.ts";
import type { Scope } from "../db/scope.ts";
import { unauthorized } from "../faults.ts";
import { noauth } from "./noauth.ts";

/** Who is asking. */
export interface Identity {
  readonly user_id: string;
  readonly project_id: string;
  readonly roles: ReadonlySet<string>;
}

/**
 * Finds out who a token belongs to.
 *
 * @returns the identity, or undefined where the token is not one that this service honours
 */
export type AuthStrategy = (token: string) => Promise<Identity | undefined>;

const strategies: Readonly<Record<Config["authStrategy"], (config: Config) => AuthStrategy>> = {
  noauth: () => noauth,
};

/** Whether the caller is an admin, who sees the resources of every project. */
export const isAdmin = (identity: Identity): boolean => identity.roles.has("admin");

/** Whose resources the caller can reach by their ids: its own project's; an admin all. */
export const scopeOf = (identity: Identity): Scope =>
  isAdmin(identity) ? "all" : { project_id: identity.project_id };

/**
 * Reads the caller's identity from `X-Auth-Token` into `c.var.identity`.
 *
 * @throws Fault 401 where there is no token, or one that the strategy does not honour
 */
export const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  const config = c.var.config;
  const token = c.req.header("X-Auth-Token");
  const identity = token && (await strategies[config.authStrategy](config)(token));
  if (!identity) throw unauthorized(config.publicEndpoint ?? new URL(c.req.url).origin);
  c.set("identity", identity);
  await next();
});
