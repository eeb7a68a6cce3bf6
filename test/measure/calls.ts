import { member } from "../support/member.ts";

/** Sends a request as a user of the seeded project (`owner`), of another project, or as an admin. */
export type Call = (
  as: "owner" | "other" | "admin",
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ status: number; body: unknown }>;

/** Measures the requests that `request` sends. Others prepare. */
export type Measure = (label: string, request: () => Promise<{ status: number }>) => Promise<void>;

/** The values that the callers of endpoints share. */
export interface Calls {
  readonly call: Call;
  readonly measure: Measure;
  /** Measures a GET. */
  readonly get: (path: string, as?: keyof typeof TOKENS) => Promise<void>;
  /** Creates a resource as the owner. Returns its id. */
  readonly create: (path: string, body: unknown, kind: string) => Promise<string>;
  /** The number of the seeded row in the middle of the list, in either order. */
  readonly middle: number;
}

/** The project that `seed` fills. */
export const OWNER_PROJECT = "11111111111111111111111111111111";
export const OTHER_PROJECT = "22222222222222222222222222222222";
/** The tokens of these users. */
export const TOKENS = {
  owner: `olga:${OWNER_PROJECT}`,
  other: `otto:${OTHER_PROJECT}`,
  admin: `root:${OWNER_PROJECT}:admin`,
};

/** The paths without a version and a project. */
export const OPEN = [
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
  "/docs/swagger-ui.css",
  "/docs/swagger-initializer.js",
  "/handoff",
  "/handoff/",
  "/handoff/page-00000000.js",
  "/handoff/session",
  "/handoff/projects",
  "/handoff/sign-in",
  "/handoff/callback",
];

/** Returns the whole path of a path that `everyEndpoint` names. */
export const wholePath = (path: string): string => (OPEN.includes(path) ? path : `/v3${path}`);

/** Returns the id of a resource in a response body. */
export function idOf(body: unknown, kind: string): string {
  const id = member(member(body, kind), "id");
  if (typeof id !== "string") throw new Error(`no ${kind} in ${JSON.stringify(body)}`);
  return id;
}
