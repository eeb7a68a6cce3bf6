import * as z from "zod";

/** What the runtime hands to the Worker: variables, secrets and the D1 binding, as `wrangler.toml` names them. */
export interface Bindings {
  readonly DB?: D1Database;
  readonly [variable: string]: unknown;
}

/** Not a secret: with `noauth` anybody is anybody, so there is nothing that a secret could keep. */
const DEVELOPMENT_SECRET = "volume-transfers: noauth keeps nothing";

const limit = (fallback: number) =>
  z.coerce
    .number("must be a whole number")
    .int("must be a whole number")
    .min(-1, "must be -1 (no limit) or more")
    .default(fallback);

const variables = z.object({
  AUTH_STRATEGY: z.enum(["noauth"], "must be set, to one of: noauth"),
  AUTH_KEY_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  LIBSQL_URL: z
    .url({ protocol: /^(libsql|https?)$/, error: "must be a URL that begins with libsql:, https: or http:" })
    .optional(),
  LIBSQL_AUTH_TOKEN: z.string().optional(),
  PUBLIC_ENDPOINT: z
    .url({ protocol: /^https?$/, error: "must be a URL that begins with https: or http:" })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional(),
  OSAPI_MAX_LIMIT: z.coerce
    .number("must be a whole number")
    .int("must be a whole number")
    .min(1, "must be 1 or more")
    .max(1000, "must be 1000 or less")
    .default(1000),
  QUOTA_VOLUMES: limit(10),
  QUOTA_SNAPSHOTS: limit(10),
  QUOTA_GIGABYTES: limit(1000),
  PER_VOLUME_SIZE_LIMIT: limit(-1),
});

/** The names of all variables and secrets, for whoever passes them on to the Worker. */
export const CONFIGURATION_VARIABLES: readonly string[] = Object.keys(variables.shape);

/** The configuration of a Worker, checked. */
export interface Config {
  readonly authStrategy: "noauth";
  /** Keys the HMAC under which an `auth_key` is stored. */
  readonly authKeySecret: string;
  readonly database:
    | { readonly kind: "d1"; readonly binding: D1Database }
    | { readonly kind: "libsql"; readonly url: string; readonly authToken: string | undefined };
  /** What links begin with, where it is not the address the caller used. */
  readonly publicEndpoint: string | undefined;
  /** The most items that one page of a list holds. */
  readonly maxLimit: number;
  /** Limits of a project that has none of its own; -1 is no limit, gigabytes are GiB. */
  readonly defaultQuota: DefaultQuota;
}

export interface DefaultQuota {
  readonly volumes: number;
  readonly gigabytes: number;
  readonly snapshots: number;
  readonly per_volume_gigabytes: number;
}

/** A variable is missing or wrong; the message names it and says what it must be. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

const known = new WeakMap<Bindings, Config | ConfigurationError>();

/**
 * The configuration that the bindings make, read once for each set of bindings.
 *
 * @throws ConfigurationError naming every variable that is missing or wrong
 */
export function configuration(bindings: Bindings): Config {
  let config = known.get(bindings);
  if (config === undefined) {
    config = read(bindings);
    known.set(bindings, config);
  }
  if (config instanceof ConfigurationError) throw config;
  return config;
}

function read(bindings: Bindings): Config | ConfigurationError {
  // A variable that is set to nothing counts as not set: shells and CI systems make no difference.
  const set = Object.fromEntries(Object.entries(bindings).filter(([, value]) => value !== ""));
  const { data, error } = variables.safeParse(set);
  if (error) {
    return new ConfigurationError(error.issues.map((i) => `${i.path.join(".")} ${i.message}`).join("; "));
  }
  if (data.AUTH_KEY_SECRET === undefined && data.AUTH_STRATEGY !== "noauth") {
    return new ConfigurationError("AUTH_KEY_SECRET must be set: a secret of at least 32 characters");
  }
  const database = databaseOf(bindings, data);
  if (database === undefined) {
    return new ConfigurationError("LIBSQL_URL must be set, or a D1 database be bound as DB");
  }
  return {
    authStrategy: data.AUTH_STRATEGY,
    authKeySecret: data.AUTH_KEY_SECRET ?? DEVELOPMENT_SECRET,
    database,
    publicEndpoint: data.PUBLIC_ENDPOINT,
    maxLimit: data.OSAPI_MAX_LIMIT,
    defaultQuota: {
      volumes: data.QUOTA_VOLUMES,
      gigabytes: data.QUOTA_GIGABYTES,
      snapshots: data.QUOTA_SNAPSHOTS,
      per_volume_gigabytes: data.PER_VOLUME_SIZE_LIMIT,
    },
  };
}

function databaseOf(bindings: Bindings, data: z.output<typeof variables>): Config["database"] | undefined {
  if (data.LIBSQL_URL !== undefined) {
    return { kind: "libsql", url: data.LIBSQL_URL, authToken: data.LIBSQL_AUTH_TOKEN };
  }
  return bindings.DB && { kind: "d1", binding: bindings.DB };
}
