import * as z from "zod/mini";
import { originalName, regionalName, variablesOfRegion } from "./region_variables.ts";

/**
 * The variables, secrets and bindings that the runtime passes to the Worker. The type has no properties, so that only
 * this file can read them: everything else reads `Config`.
 */
export type Bindings = object;

/** What `wrangler.toml` binds. */
interface RuntimeBindings {
  readonly REGIONS?: unknown;
  readonly REGION_HOSTS?: unknown;
  readonly ACCEPT_RATE_LIMITER?: RateLimit;
  /** The OpenAPI document, and the files of Swagger UI. */
  readonly ASSETS?: Fetcher;
}

/** The binding of the D1 database; that of the region `eu` is `DB_EU`. */
export const D1_BINDING = "DB";

/** The binding that puts the commits of the libSQL server on disk. `npm run serve` binds it for its own sqld. */
export const WAL_SYNC_BINDING = "WAL_SYNC";

/** Not secret: `noauth` does not authenticate, so there is nothing to protect. */
const DEVELOPMENT_SECRET = "volume-transfers: noauth keeps nothing";

const NO_WHOLE_NUMBER = "must be a whole number";
const numeral = z.pipe(z.string().check(z.regex(/^-?\d+$/)), z.transform(Number));
const numberOrNumeral = z.pipe(z.union([z.number(), numeral], NO_WHOLE_NUMBER), z.int(NO_WHOLE_NUMBER));

const wholeNumber = (fallback: number, min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  z._default(
    z.pipe(
      numberOrNumeral,
      z.number().check(z.minimum(min, `must be ${min} or more`), z.maximum(max, `must be ${max} or less`)),
    ),
    fallback,
  );

/** A limit of a quota; -1 for no limit. */
const limit = (fallback: number) => wholeNumber(fallback, -1, 2 ** 31 - 1);

const text = z.string("must be a string");
const longSecret = text.check(z.minLength(32, "must have at least 32 characters"));

const httpUrl = z.pipe(
  z
    .url({ protocol: /^https?$/, error: "must be a URL that begins with https: or http:" })
    .check(z.refine((url) => !/[?#]/.test(url), "must be a URL without a query")),
  z.transform((url) => url.replace(/\/+$/, "")),
);

const corsOrigins = z
  .pipe(
    text,
    z.transform((origins) => origins.split(",").map((origin) => origin.trim())),
  )
  .check(
    z.refine(
      (origins) => origins.every((origin) => origin === "*" || URL.parse(origin)?.origin === origin),
      "must be comma-separated origins such as https://horizon.example",
    ),
  );

const variables = z.object({
  REGIONS: z.optional(text),
  REGION_HOSTS: z.optional(text),
  AUTH_STRATEGY: z.enum(["keystone", "jwt", "noauth"], "must be set, to one of: keystone, jwt, noauth"),
  KEYSTONE_URL: z.optional(httpUrl),
  KEYSTONE_TIMEOUT_MS: wholeNumber(2000, 1, 60_000),
  TOKEN_CACHE_SECONDS: wholeNumber(300, 0, 86_400),
  JWT_ISSUER: z.optional(text),
  JWT_AUDIENCE: z.optional(text),
  JWKS_URL: z.optional(httpUrl),
  JWT_USER_CLAIM: z._default(text, "sub"),
  JWT_PROJECT_CLAIM: z._default(text, "project_id"),
  JWT_ROLES_CLAIM: z._default(text, "roles"),
  AUTH_KEY_SECRET: z.optional(longSecret),
  AUTH_KEY_SECRET_PREVIOUS: z.optional(longSecret),
  MAX_ACCEPT_ATTEMPTS: wholeNumber(10, 1, 1_000_000),
  MAX_ACCEPT_ATTEMPTS_TOTAL: wholeNumber(1000, 1, 1_000_000),
  OFFERS_PER_MINUTE: wholeNumber(600, 0, 1_000_000),
  HISTORY_RETENTION_DAYS: wholeNumber(90, 0, 36_500),
  LIBSQL_URL: z.optional(
    z.url({
      protocol: /^(libsql|https?)$/,
      error: "must be a URL that begins with libsql:, https: or http:",
    }),
  ),
  LIBSQL_AUTH_TOKEN: z.optional(text),
  DATABASE_TIMEOUT_MS: wholeNumber(5000, 1, 60_000),
  MAX_REQUESTS_IN_FLIGHT: wholeNumber(256, 1, 1_000_000),
  BODY_TIMEOUT_MS: wholeNumber(10_000, 1, 60_000),
  MAX_PROJECT_REQUESTS_IN_FLIGHT: wholeNumber(192, 1, 1_000_000),
  TRANSFER_TTL_SECONDS: wholeNumber(0, 0, 10 * 365 * 86_400),
  PUBLIC_ENDPOINT: z.optional(httpUrl),
  CORS_ALLOWED_ORIGIN: z.optional(corsOrigins),
  OSAPI_MAX_LIMIT: wholeNumber(1000, 1, 1000),
  LOG_REQUESTS: z._default(z.enum(["all", "errors", "none"], "must be one of: all, errors, none"), "all"),
  QUOTA_VOLUMES: limit(10),
  QUOTA_SNAPSHOTS: limit(10),
  QUOTA_GIGABYTES: limit(1000),
  PER_VOLUME_SIZE_LIMIT: limit(-1),
});
type Variables = z.output<typeof variables>;

/** The names of all variables and secrets, for the commands that pass them on to the Worker. */
export const CONFIGURATION_VARIABLES: readonly string[] = Object.keys(variables.shape);

/** The validated configuration of a region, or of a service without `REGIONS`. */
export interface Config {
  /** The name of the region; undefined without `REGIONS`. */
  readonly region: string | undefined;
  /** How callers are authenticated. */
  readonly identity:
    | { readonly strategy: "noauth" }
    | {
        readonly strategy: "keystone";
        readonly url: string;
        /** The timeout of a request to Keystone, milliseconds. */
        readonly timeoutMs: number;
        readonly cacheSeconds: number;
      }
    | {
        readonly strategy: "jwt";
        readonly issuer: string;
        readonly audience: string;
        readonly jwksUrl: string;
        readonly claims: { readonly user: string; readonly project: string; readonly roles: string };
      };
  /** The key of the HMAC that is stored in place of an `auth_key`. */
  readonly authKeySecret: string;
  /** The secret before the latest rotation: keys of transfers that were created under it are still accepted. */
  readonly previousAuthKeySecret: string | undefined;
  /** After this many failed attempts of one project a transfer rejects every key from that project. */
  readonly maxAcceptAttempts: number;
  /** After this many failed attempts of all projects together a transfer rejects every key. */
  readonly maxAcceptAttemptsTotal: number;
  /** The number of transfers that a project may create in a minute; 0 for no limit. */
  readonly offersPerMinute: number;
  /** How long closed transfers are kept, milliseconds; 0 for ever. */
  readonly historyRetentionMs: number;
  /** Limits accepts by project; undefined without the binding. */
  readonly acceptRateLimiter: RateLimit | undefined;
  /** The OpenAPI document, and the files of Swagger UI. */
  readonly assets: Fetcher | undefined;
  readonly database:
    | { readonly kind: "d1"; readonly binding: D1Database }
    | {
        readonly kind: "libsql";
        readonly url: string;
        readonly authToken: string | undefined;
        /** Puts what the server has committed on disk; undefined if the server does so itself. */
        readonly walSync: Fetcher | undefined;
      };
  /** The timeout of the database, milliseconds. */
  readonly databaseTimeoutMs: number;
  /** The number of requests in flight in one instance of the Worker; further requests get a 503. */
  readonly maxRequestsInFlight: number;
  /** The time that a client has to send a request body, milliseconds. */
  readonly bodyTimeoutMs: number;
  /** The number of requests of one project in flight. */
  readonly maxProjectRequestsInFlight: number;
  /** The longest time a transfer stays open, milliseconds; 0 for no limit. */
  readonly transferTtlMs: number;
  /** The base URL of links; undefined for the URL that the client used. */
  readonly publicEndpoint: string | undefined;
  /** The origins that CORS allows. */
  readonly corsOrigins: readonly string[];
  /** The maximum number of items on a page. */
  readonly maxLimit: number;
  /** Which requests are logged: all, those with a status of 500 or more, or none. */
  readonly logRequests: "all" | "errors" | "none";
  /** The default limits of a project; -1 for no limit, gigabytes are GiB. */
  readonly defaultQuota: DefaultQuota;
}

export interface DefaultQuota {
  readonly volumes: number;
  readonly gigabytes: number;
  readonly snapshots: number;
  readonly per_volume_gigabytes: number;
}

/** The configuration is incomplete or invalid. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  /** One message for each invalid variable: its name, and what it must be. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("; "));
    this.problems = problems;
  }
}

const known = new WeakMap<Bindings, Config | ConfigurationError>();

/**
 * Returns the configuration of a service without `REGIONS`, which is read once for each set of bindings.
 *
 * @throws ConfigurationError naming every missing or invalid variable
 */
export const configuration = (bindings: Bindings): Config =>
  readOnce(known, bindings, () => configurationOf(bindings, undefined));

/**
 * Returns what is read once for each set of bindings.
 *
 * @throws ConfigurationError if that is what was read
 */
export function readOnce<Value>(
  cache: WeakMap<Bindings, Value | ConfigurationError>,
  bindings: Bindings,
  read: () => Value | ConfigurationError,
): Value {
  let value = cache.get(bindings);
  if (value === undefined) {
    value = read();
    cache.set(bindings, value);
  }
  if (value instanceof ConfigurationError) throw value;
  return value;
}

/** Returns the values of `REGIONS` and `REGION_HOSTS`. */
export function regionSettings(bindings: Bindings): { readonly regions: string; readonly hosts: string } {
  const { REGIONS = "", REGION_HOSTS = "" } = bindings as RuntimeBindings;
  return { regions: String(REGIONS), hosts: String(REGION_HOSTS) };
}

/** Reads the configuration of a region, or of a service without regions. */
export function configurationOf(bindings: Bindings, region: string | undefined): Config | ConfigurationError {
  // An empty value is treated as unset: shells and CI systems do not distinguish the two.
  const all: Record<string, unknown> = Object.fromEntries(
    Object.entries(bindings).filter(([, value]) => value !== ""),
  );
  const set = region === undefined ? all : variablesOfRegion(all, region);
  const nameOf = (name: string) => (region === undefined ? name : originalName(all, name, region));
  // The runtime creates bindings as wrangler.toml declares them: there is nothing to parse.
  const { ACCEPT_RATE_LIMITER, ASSETS } = bindings as RuntimeBindings;
  const bindingName = (name: string) => (region === undefined ? name : regionalName(name, region));
  const DB = all[bindingName(D1_BINDING)] as D1Database | undefined;
  const WAL_SYNC = all[bindingName(WAL_SYNC_BINDING)] as Fetcher | undefined;
  const { data, error } = variables.safeParse(set);
  const missing: string[] = [];
  if (set.LIBSQL_URL === undefined && DB === undefined) {
    missing.push(
      `${nameOf("LIBSQL_URL")} must be set, or a D1 database must be bound as ${bindingName(D1_BINDING)}`,
    );
  }
  if (error) {
    return new ConfigurationError([
      ...error.issues.map((i) => `${nameOf(String(i.path[0]))} ${i.message}`),
      ...missing,
    ]);
  }
  const required = <T>(name: keyof Variables, value: T | undefined, fallback: T): T => {
    if (value === undefined) missing.push(`${name} must be set for AUTH_STRATEGY=${data.AUTH_STRATEGY}`);
    return value ?? fallback;
  };
  const identity = identityOf(data, required);
  const secret =
    data.AUTH_STRATEGY === "noauth" ? (data.AUTH_KEY_SECRET ?? DEVELOPMENT_SECRET) : data.AUTH_KEY_SECRET;
  const authKeySecret = required("AUTH_KEY_SECRET", secret, "");
  const database = databaseOf(DB, WAL_SYNC, data);
  if (database === undefined || missing.length > 0) return new ConfigurationError(missing);
  return {
    region,
    identity,
    authKeySecret,
    previousAuthKeySecret: data.AUTH_KEY_SECRET_PREVIOUS,
    maxAcceptAttempts: data.MAX_ACCEPT_ATTEMPTS,
    maxAcceptAttemptsTotal: data.MAX_ACCEPT_ATTEMPTS_TOTAL,
    offersPerMinute: data.OFFERS_PER_MINUTE,
    historyRetentionMs: data.HISTORY_RETENTION_DAYS * 86_400_000,
    acceptRateLimiter: ACCEPT_RATE_LIMITER,
    assets: ASSETS,
    database,
    databaseTimeoutMs: data.DATABASE_TIMEOUT_MS,
    maxRequestsInFlight: data.MAX_REQUESTS_IN_FLIGHT,
    bodyTimeoutMs: data.BODY_TIMEOUT_MS,
    maxProjectRequestsInFlight: data.MAX_PROJECT_REQUESTS_IN_FLIGHT,
    transferTtlMs: data.TRANSFER_TTL_SECONDS * 1000,
    publicEndpoint: data.PUBLIC_ENDPOINT,
    corsOrigins: data.CORS_ALLOWED_ORIGIN ?? [],
    maxLimit: data.OSAPI_MAX_LIMIT,
    logRequests: data.LOG_REQUESTS,
    defaultQuota: {
      volumes: data.QUOTA_VOLUMES,
      gigabytes: data.QUOTA_GIGABYTES,
      snapshots: data.QUOTA_SNAPSHOTS,
      per_volume_gigabytes: data.PER_VOLUME_SIZE_LIMIT,
    },
  };
}

type Required = (name: keyof Variables, value: string | undefined, fallback: string) => string;

function identityOf(data: Variables, required: Required): Config["identity"] {
  switch (data.AUTH_STRATEGY) {
    case "noauth":
      return { strategy: "noauth" };
    case "keystone": {
      // With or without the version, since operators copy OS_AUTH_URL.
      const url = required("KEYSTONE_URL", data.KEYSTONE_URL, "").replace(/\/v3$/, "");
      return {
        strategy: "keystone",
        url,
        timeoutMs: data.KEYSTONE_TIMEOUT_MS,
        cacheSeconds: data.TOKEN_CACHE_SECONDS,
      };
    }
    case "jwt":
      return {
        strategy: "jwt",
        issuer: required("JWT_ISSUER", data.JWT_ISSUER, ""),
        audience: required("JWT_AUDIENCE", data.JWT_AUDIENCE, ""),
        jwksUrl: required("JWKS_URL", data.JWKS_URL, ""),
        claims: {
          user: data.JWT_USER_CLAIM,
          project: data.JWT_PROJECT_CLAIM,
          roles: data.JWT_ROLES_CLAIM,
        },
      };
  }
}

function databaseOf(
  binding: D1Database | undefined,
  walSync: Fetcher | undefined,
  data: Variables,
): Config["database"] | undefined {
  if (data.LIBSQL_URL !== undefined) {
    const { LIBSQL_URL: url, LIBSQL_AUTH_TOKEN: authToken } = data;
    return { kind: "libsql", url, authToken, walSync };
  }
  return binding && { kind: "d1", binding };
}
