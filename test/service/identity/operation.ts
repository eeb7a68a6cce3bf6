/** The roles, each of which implies those before it. */
export const ROLES = ["reader", "member", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** A request that a role is required for. */
export interface Operation {
  readonly name: string;
  /** The least role that may call it. */
  readonly role: Role;
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

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** Resources of one project. */
export interface Resources {
  readonly project: string;
  /** A volume that is available, and has the snapshot. Both have metadata with the key `key`. */
  readonly volume: string;
  readonly snapshot: string;
  readonly transfer: string;
  readonly auth_key: string;
}

/** Only admins reach a resource of another project. */
export const byId = (status: number) => ({ otherProject: { admin: status, others: 404 } });
export const byProject = { otherProject: { admin: 200, others: 403 } };

/** An operation that reads the caller's own project. */
export const read = (name: string, path: string): Operation => ({
  name,
  role: "reader",
  allowed: 200,
  request: () => ({ method: "GET", path }),
});

/** An operation that reads a resource by its id. */
export const readById = (name: string, pathOf: (resources: Resources) => string): Operation => ({
  name,
  role: "reader",
  allowed: 200,
  ...byId(200),
  request: (resources) => ({ method: "GET", path: pathOf(resources) }),
});

/** An action, with the least role and the status of its response. */
type Action = readonly [name: string, role: Role, status: number, body: object];

export const actionsOf = (kind: "volume" | "snapshot", actions: readonly Action[]): readonly Operation[] =>
  actions.map(([name, role, status, body]) => ({
    name,
    role,
    allowed: status,
    otherProject: { admin: status, others: role === "admin" ? 403 : 404 },
    request: (resources) => ({ method: "POST", path: `${kind}s/${resources[kind]}/action`, body }),
  }));
