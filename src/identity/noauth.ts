import type { AuthStrategy } from "./strategy.ts";

/**
 * Does not authenticate, for development. The token names the caller: `user:project`, or `user:project:role,role`.
 * Without roles the caller is a `member` and `reader`.
 */
export const noauth: AuthStrategy = {
  challenge: 'Keystone uri="about:noauth"',
  async identify(token) {
    const [user_id, project_id, roles = "member,reader"] = token.split(":");
    if (!user_id || !project_id) return undefined;
    return { user_id, project_id, roles: new Set(roles.split(",").map((role) => role.trim())) };
  },
};
