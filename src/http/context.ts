import type { Bindings, Config } from "../config.ts";
import type { Database } from "../db/database.ts";
import type { Identity } from "../identity/identity.ts";
import type { Microversion } from "./microversions.ts";

/** What is known of a request once its caller is. */
export interface RequestContext {
  /** `req-` and a UUID, told in the answer. */
  readonly requestId: string;
  readonly config: Config;
  readonly db: Database;
  readonly identity: Identity;
}

/** The router's environment. */
export interface AppEnv {
  Bindings: Bindings;
  Variables: RequestContext & {
    microversion: Microversion;
    /** Milliseconds that the request spent on the database. */
    databaseMs: number;
  };
}
