import type { Context } from "hono";
import type { Scope } from "../db/statements/scope.ts";
import type { AppEnv, Identity } from "./context.ts";
import { parseBoolean } from "./fields.ts";

/**
 * Returns the token of a request: that of `X-Auth-Token`, of `Authorization: Bearer`, or of the session of the page;
 * empty or undefined without one.
 */
export function tokenOf(c: Context<AppEnv>): string | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "") ?? [];
  return c.req.header("X-Auth-Token") || bearer || c.get("sessionToken");
}

/** Returns whether the caller is an admin, who sees the resources of every project. */
export const isAdmin = (identity: Identity): boolean => identity.roles.has("admin");

/**
 * Returns the resources the caller can reach by id: those of its own project; all of them for an admin.
 *
 * @example
 * await db.read(showStatements({ id, project_id: projectOf(scopeOf(identity)) }));
 */
export const scopeOf = (identity: Identity): Scope =>
  isAdmin(identity) ? "all" : { project_id: identity.project_id };

/**
 * Returns the resources that a list contains: those of the caller's project, or all if an admin asks for
 * `all_tenants`.
 *
 * @param all_tenants the query parameter's value
 */
export const listScopeOf = (identity: Identity, all_tenants: string | undefined): Scope =>
  isAdmin(identity) && parseBoolean(all_tenants) ? "all" : { project_id: identity.project_id };
