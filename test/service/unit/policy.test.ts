import { describe, expect, it } from "vitest";
import { app } from "../../../src/app.ts";
import { FACADE } from "../../../src/http/region.ts";
import { POLICY, type Rule } from "../../../src/identity/policy.ts";
import { operationOf, ruleOf } from "../../../src/openapi/describe_route.ts";
import { request } from "./service.ts";

/** The roles that do not suffice for each role of a rule. */
const LESSER_ROLES = { reader: "none", member: "reader", admin: "reader,member,manager" };
const ID = "aaaaaaaa-1111-4222-8333-444444444444";
/** The paths that clients call before they have a token. `/metrics` has a token of its own. */
const OPEN_PATHS = [
  "/",
  "/regions",
  "/v3",
  "/v3/",
  "/healthcheck",
  "/healthcheck/",
  "/readyz",
  "/metrics",
  "/openapi.json",
  "/docs",
  "/docs/:asset",
  "/docs/swagger-initializer.js",
];
/** The page for people, which asks for the token itself. Its requests to the API are those of the other routes. */
const PAGE = [
  "GET /handoff",
  "GET /handoff/",
  "GET /handoff/:file",
  "GET /handoff/callback",
  "GET /handoff/projects",
  "GET /handoff/session",
  "POST /handoff/session",
  "PUT /handoff/session",
  "DELETE /handoff/session",
  "GET /handoff/sign-in",
];

/** The routes of the service, each with the rule that its description names. Middleware has the method ALL. */
const routes = app.routes
  .filter(({ method, path }) => method !== "ALL" && !path.startsWith(FACADE))
  .map(({ method, path, handler }) => {
    const operation = operationOf(handler);
    const actions = operation && "actions" in operation ? operation.actions : undefined;
    return { method, path, rule: operation?.rule, actions };
  });
const paths = [...new Set(routes.map(({ method, path }) => `${method} ${path}`))];
const rulesOf = (route: string) =>
  routes.flatMap(({ method, path, rule }) =>
    `${method} ${path}` === route && rule !== undefined ? [rule] : [],
  );

describe("every route", () => {
  it("has a policy rule, except those that clients call before they have a token", () => {
    const open = paths.filter((route) => rulesOf(route).every((rule) => rule === "open"));
    expect(open.toSorted()).toEqual([...OPEN_PATHS.map((path) => `GET ${path}`), ...PAGE].toSorted());
    expect(paths.length).toBeGreaterThan(60);
  });

  it("of transfers has the same rule in front of a Cinder", () => {
    const inFront = app.routes.filter(
      ({ method, path }) => method !== "ALL" && path.startsWith(`${FACADE}/v3`),
    );
    const ruled = inFront.flatMap(({ method, path, handler }) => {
      const rule = ruleOf(handler);
      return rule === undefined ? [] : [{ route: `${method} ${path.slice(FACADE.length)}`, rule }];
    });
    const named = new Set(inFront.map(({ method, path }) => `${method} ${path.slice(FACADE.length)}`));
    expect(new Set(ruled.map(({ route }) => route))).toEqual(named);
    expect(named.size).toBeGreaterThan(40);
    for (const { route, rule } of ruled) expect(rulesOf(route), route).toEqual([rule]);
  });

  it("requires a token where Cinder has no rule", async () => {
    const open = paths.filter((route) => rulesOf(route).includes("authenticated"));
    expect(open.filter((route) => route.includes(":project_id")).toSorted()).toEqual([
      "GET /v3/:project_id/extensions",
      "GET /v3/:project_id/extensions/:alias",
      "GET /v3/:project_id/limits",
      "GET /v3/:project_id/os-availability-zone",
      "GET /v3/:project_id/resource_filters",
    ]);
    const response = await request("/v3/alpha/extensions");
    expect(response.status).toBe(401);
  });

  const guarded = paths.flatMap((route): [method: string, path: string, rule: Rule, action?: string][] => {
    const [rule] = rulesOf(route);
    const [method = "", path = ""] = route.split(" ");
    if (rule === undefined || rule === "open" || rule === "authenticated") return [];
    const actions = routes.find((one) => `${one.method} ${one.path}` === route && one.actions)?.actions;
    if (actions === undefined) return [[method, path, rule]];
    return Object.entries(actions).map(([action, rule]) => [method, path, rule, action]);
  });

  it.each(guarded)(
    "returns 403 to a user whose roles are less: %s %s, by the rule %s",
    async (method, route, rule, action) => {
      const path = route.replace(":project_id", "alpha").replaceAll(/:\w+/g, ID);
      const response = await request(path, {
        method,
        headers: {
          "X-Auth-Token": `alice:alpha:${LESSER_ROLES[POLICY[rule]]}`,
          "OpenStack-API-Version": "volume 3.70",
          "Content-Type": "application/json",
        },
        // The body decides on the action.
        ...(path.endsWith("/action") && { body: JSON.stringify({ [action ?? "os-reset_status"]: {} }) }),
      });
      expect(response.status).toBe(403);
      expect(await response.json()).toEqual({
        forbidden: { code: 403, message: `Policy doesn't allow ${rule} to be performed.` },
      });
    },
  );
});
