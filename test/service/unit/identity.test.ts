import { describe, expect, it } from "vitest";
import { isAdmin, scopeOf } from "../../../src/http/caller.ts";
import type { Identity } from "../../../src/http/context.ts";
import { Fault } from "../../../src/http/faults.ts";
import { noauth } from "../../../src/identity/noauth.ts";
import { enforce, enforceFor, POLICY, type Rule } from "../../../src/identity/policy.ts";
import { request } from "./service.ts";

const having = (...roles: string[]): Identity => ({
  user_id: "alice",
  project_id: "alpha",
  roles: new Set(roles),
});

describe("a token of AUTH_STRATEGY=noauth", () => {
  it.each([
    ["alice:alpha", ["member", "reader"]],
    ["alice:alpha:admin", ["admin"]],
    ["alice:alpha:reader", ["reader"]],
    ["alice:alpha:admin,member,reader", ["admin", "member", "reader"]],
    ["alice:alpha: admin , reader ", ["admin", "reader"]],
    ["alice:alpha:auditor", ["auditor"]],
  ])("'%s' has the roles %j", async (token, roles) => {
    const identity = await noauth.identify(token);
    expect(identity).toMatchObject({ user_id: "alice", project_id: "alpha" });
    expect([...(identity?.roles ?? [])].sort()).toEqual(roles);
  });

  it("has no roles if it ends with a colon", async () => {
    const identity = await noauth.identify("alice:alpha:");
    for (const role of ["reader", "member", "admin"]) expect(identity?.roles.has(role)).toBe(false);
  });

  it.each(["", "alice", "alice:", ":alpha", ":", "::admin", ":alpha:admin"])(
    "'%s' is rejected",
    async (token) => {
      expect(await noauth.identify(token)).toBeUndefined();
    },
  );
});

describe("a request", () => {
  const list = (headers: Record<string, string>) => request("/v3/volume-transfers", { headers });

  it.each([
    {},
    { "X-Auth-Token": "" },
    { "X-Auth-Token": "alice" },
    { "X-Auth-Token": "alice", Authorization: "Bearer alice:alpha" },
    { Authorization: "alice:alpha" },
    { Authorization: "Basic alice:alpha" },
    { Authorization: "Bearer" },
  ])("returns 401 without a valid token: %j", async (headers) => {
    const response = await list({ ...headers });
    expect(response.status).toBe(401);
    expect(response.headers.get("WWW-Authenticate")).toMatch(/^Keystone uri=".+"$/);
    expect(await response.json()).toEqual({
      error: {
        code: 401,
        title: "Unauthorized",
        message: "The request you have made requires authentication.",
      },
    });
  });

  it.each([
    { "X-Auth-Token": "alice:alpha" },
    { Authorization: "Bearer alice:alpha" },
    { Authorization: "bearer  alice:alpha" },
    { "X-Auth-Token": "alice:alpha", Authorization: "Bearer nobody" },
  ])("returns 200 with a valid token, and Cache-Control: no-store: %j", async (headers) => {
    const response = await list({ ...headers });
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
  });

  it("returns 403 with the name of the rule to a user without a role", async () => {
    const response = await list({ "X-Auth-Token": "alice:alpha:" });
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({
      forbidden: {
        code: 403,
        message: "Policy doesn't allow volume:get_all_transfers to be performed.",
      },
    });
  });
});

const isRule = (name: string): name is Rule => Object.hasOwn(POLICY, name);
const RULES = Object.keys(POLICY).filter(isRule);
const refused = (rule: Rule) => new Fault(403, `Policy doesn't allow ${rule} to be performed.`);

describe("the policy", () => {
  // Some rules literally, of each kind that must not change by mistake.
  it.each([
    ["volume:get_all_transfers", "reader"],
    ["volume:get_transfer_history", "reader"],
    ["events:get_all", "reader"],
    ["volume_extension:quotas:show", "reader"],
    ["volume:create_transfer", "member"],
    ["volume:accept_transfer", "member"],
    ["volume:delete_transfer", "member"],
    ["volume:delete", "member"],
    ["volume:force_delete", "admin"],
    ["volume_extension:volume_admin_actions:reset_status", "admin"],
    ["volume_extension:snapshot_admin_actions:force_delete", "admin"],
    ["volume_extension:volume_manage", "admin"],
    ["volume_extension:type_create", "admin"],
    ["volume_extension:quotas:update", "admin"],
    ["volume_extension:quota_classes:update", "admin"],
  ] as const)("requires for %s the role %s", (rule, role) => {
    expect(POLICY[rule]).toBe(role);
  });

  it.each([
    { may: ["reader"], roles: ["reader"] },
    { may: ["reader", "member"], roles: ["member"] },
    { may: ["reader", "member"], roles: ["manager"] },
    { may: ["reader", "member", "admin"], roles: ["admin"] },
    { may: ["reader", "member"], roles: ["reader", "member"] },
    { may: [], roles: [] },
    { may: [], roles: ["auditor"] },
    { may: [], roles: [""] },
  ])("allows a user with the roles $roles the rules of $may, and denies all others", ({ may, roles }) => {
    for (const rule of RULES) {
      const check = () => enforce(having(...roles), rule);
      if (may.some((role) => role === POLICY[rule])) expect(check, rule).not.toThrow();
      else expect(check, rule).toThrow(refused(rule));
    }
  });
});

describe("a resource of the project alpha", () => {
  const RULE = "volume_extension:quotas:show";

  it.each([
    ["reader", "alpha"],
    ["member", "alpha"],
    ["admin", "alpha"],
    ["admin", "beta"],
  ])("is accessible to a %s of alpha, in %s", (role, project_id) => {
    expect(() => enforceFor(having(role), RULE, project_id)).not.toThrow();
  });

  it.each([
    ["reader", "beta"],
    ["member", "beta"],
    ["auditor", "alpha"],
    ["member", ""],
  ])("is not accessible to a %s of alpha, in '%s'", (role, project_id) => {
    expect(() => enforceFor(having(role), RULE, project_id)).toThrow(refused(RULE));
  });

  it("is not accessible to a user of alpha without the role that the rule requires", () => {
    const rule = "volume_extension:quotas:update";
    expect(() => enforceFor(having("member"), rule, "alpha")).toThrow(refused(rule));
  });
});

describe("the scope of a user", () => {
  it.each(["reader", "member", "auditor"])("is the user's project for a %s", (role) => {
    expect(isAdmin(having(role))).toBe(false);
    expect(scopeOf(having(role))).toEqual({ project_id: "alpha" });
  });

  it("is all projects for an admin", () => {
    expect(isAdmin(having("admin", "member"))).toBe(true);
    expect(scopeOf(having("admin", "member"))).toBe("all");
  });
});
