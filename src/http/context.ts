import type { Context } from "hono";
import type { Bindings, Config } from "../config/config.ts";
import type { Deployment } from "../config/deployment.ts";
import type { Database } from "../db/engine/database.ts";
import type { Microversion } from "./microversions.ts";

/** The authenticated caller. */
export interface Identity {
  readonly user_id: string;
  readonly project_id: string;
  readonly roles: ReadonlySet<string>;
}

/** The part of an authenticated request that an operation receives. */
export interface RequestContext {
  /** `req-` and a UUID, returned in the response's headers. */
  readonly requestId: string;
  /** The id by which OpenStack clients follow a request through several services, if the request has one. */
  readonly globalRequestId: string | undefined;
  readonly config: Config;
  readonly db: Database;
  readonly identity: Identity;
}

/** The URL of the service, as links show it. */
interface Address {
  /** `PUBLIC_ENDPOINT`, or the URL that the client used; without a path and a trailing slash. */
  readonly root: string;
  /** The region's part of the path, such as `/eu`; empty without one. */
  readonly prefix: string;
}

/** Hono's environment: bindings and the variables that middleware sets. */
export interface AppEnv {
  Bindings: Bindings;
  Variables: RequestContext & {
    deployment: Deployment;
    address: Address;
    microversion: Microversion;
    /** The token of the session of the page at `/handoff`, if the request belongs to one. */
    sessionToken: string | undefined;
    /** Returns whether the token of the request is valid still: for a response that stays open. */
    isAuthenticated: () => Promise<boolean>;
    /** The parsed body, once it has been read. */
    body: { readonly json: unknown } | undefined;
  };
}

/** Returns a variable of a request, or undefined if no middleware has set it yet. `c.var` would copy them all. */
export const ifSet = <Name extends keyof AppEnv["Variables"]>(
  c: Context<AppEnv>,
  name: Name,
): AppEnv["Variables"][Name] | undefined => c.get(name);
