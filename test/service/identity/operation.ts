import { POLICY, type Rule } from "../../../src/identity/policy.ts";

/** The roles, each of which implies those before it. */
export const ROLES = ["reader", "member", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** A request that a role is required for. */
export interface Operation {
  readonly name: string;
  /** The policy rule; or that every user with a token may call it. */
  readonly rule: Rule | "authenticated";
  /** The rule of the route, if another: it is checked first, and requires less. */
  readonly ruleOfRoute?: Rule;
  /** The request, given resources of the project that it is about. */
  readonly request: (resources: Resources) => Request;
  /** The status of the response to a caller of that project. */
  readonly allowed: number;
  /**
   * The statuses of the responses to callers of another project, if the request can be about another project than the
   * caller's. Admins reach every resource by its id; others do not learn that it exists.
   */
  readonly otherProject?: { readonly admin: number; readonly others: number };
}

type Request = readonly [method: string, path: string, body?: unknown];

/** Resources of one project. */
export interface Resources {
  readonly project: string;
  /** A volume that is available, and has the snapshot. Both have metadata with the key `key`. */
  readonly volume: string;
  readonly snapshot: string;
  readonly transfer: string;
  readonly auth_key: string;
}

/** Returns the least role that may call an operation. Every user of the tests has a role. */
export const roleOf = ({ rule }: Pick<Operation, "rule">): Role =>
  rule === "authenticated" ? "reader" : POLICY[rule];

/** Only admins reach a resource of another project. */
export const byId = (status: number) => ({ otherProject: { admin: status, others: 404 } });
export const byProject = { otherProject: { admin: 200, others: 403 } };

/** An operation that reads the caller's own project. */
export const read = (name: string, rule: Operation["rule"], path: string): Operation => ({
  name,
  rule,
  allowed: 200,
  request: () => ["GET", path],
});

/** An operation that reads a resource by its id. */
export const readById = (name: string, rule: Rule, pathOf: (resources: Resources) => string): Operation => ({
  name,
  rule,
  allowed: 200,
  ...byId(200),
  request: (resources) => ["GET", pathOf(resources)],
});

/** An action, with its policy rule and the status of its response. */
type Action = readonly [name: string, rule: Rule, status: number, body: object];

export const actionsOf = (kind: "volume" | "snapshot", actions: readonly Action[]): readonly Operation[] =>
  actions.map(([name, rule, status, body]) => ({
    name,
    rule,
    allowed: status,
    otherProject: { admin: status, others: POLICY[rule] === "admin" ? 403 : 404 },
    request: (resources) => ["POST", `${kind}s/${resources[kind]}/action`, body],
  }));
