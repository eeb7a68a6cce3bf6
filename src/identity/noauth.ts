import type { AuthStrategy } from "./strategy.ts";

/**
 * For development: the token says who the caller is, and is believed. `user:project`, or
 * `user:project:role,role`; without roles the caller is a `member` and `reader`.
 */
export const noauth: AuthStrategy = {
  challenge: 'Keystone uri="about:noauth"',
  async identify(token) {
    const [user_id, project_id, roles = "member,reader"] = token.split(":");
    if (!user_id || !project_id) return undefined;
    return { user_id, project_id, roles: new Set(roles.split(",").map((role) => role.trim())) };
  },
};
