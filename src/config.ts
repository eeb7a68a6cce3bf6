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
  /** The files of the page at `/handoff`, the OpenAPI document, and the files of Swagger UI. */
  readonly ASSETS?: Fetcher;
  readonly EVENTS_QUEUE?: Queue;
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

/** The most URLs of webhooks: the connections that a Worker may have open are shared between them. */
const MAX_WEBHOOKS = 5;

/** Comma-separated values. */
const list = z.pipe(
  text,
  z.transform((values) => values.split(",").map((value) => value.trim())),
);

const webhookUrls = list.check(
  z.refine(
    (urls) => urls.length <= MAX_WEBHOOKS && urls.every(isWebhookUrl),
    `must be at most ${MAX_WEBHOOKS} comma-separated URLs that begin with https: or http:, without a user name`,
  ),
);

function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

/** Returns whether a text is `whsec_` and the base64 of 24 to 64 bytes, as Standard Webhooks require. */
function isWebhookSecret(text: string): boolean {
  const [, digits = ""] = /^whsec_([A-Za-z0-9+/]+)={0,2}$/.exec(text) ?? [];
  const bytes = Math.floor((digits.length * 3) / 4);
  return bytes >= 24 && bytes <= 64 && digits.length % 4 !== 1;
}

const webhookSecrets = list.check(
  z.refine(
    (secrets) => secrets.length <= 2 && secrets.every(isWebhookSecret),
    "must be one or two comma-separated secrets: whsec_ and the base64 of 24 to 64 bytes",
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
  HANDOFF_PAGE: z._default(z.enum(["on", "off"], "must be one of: on, off"), "on"),
  OIDC_CLIENT_ID: z.optional(text),
  OIDC_CLIENT_SECRET: z.optional(text),
  OIDC_SCOPE: z._default(text, "openid"),
  OIDC_PARAMETERS: z._default(text, ""),
  AUTH_KEY_SECRET: z.optional(longSecret),
  AUTH_KEY_SECRET_PREVIOUS: z.optional(longSecret),
  MAX_ACCEPT_ATTEMPTS: wholeNumber(10, 1, 1_000_000),
  MAX_ACCEPT_ATTEMPTS_TOTAL: wholeNumber(1000, 1, 1_000_000),
  OFFERS_PER_MINUTE: wholeNumber(600, 0, 1_000_000),
  HISTORY_RETENTION_DAYS: wholeNumber(90, 0, 36_500),
  EVENTS: z._default(z.enum(["on", "off"], "must be one of: on, off"), "on"),
  EVENT_RETENTION_DAYS: wholeNumber(30, 1, 36_500),
  WEBHOOK_URLS: z.optional(webhookUrls),
  WEBHOOK_SECRET: z.optional(webhookSecrets),
  WEBHOOK_RETRY_HOURS: wholeNumber(72, 1, 8760),
  WEBHOOK_TIMEOUT_MS: wholeNumber(10_000, 100, 10_000),
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
  SERVER_TIMING: z._default(z.enum(["on", "off"], "must be one of: on, off"), "off"),
  METRICS_TOKEN: z.optional(
    z.string().check(z.regex(/^[!-~]{16,}$/, "must have at least 16 characters, without spaces")),
  ),
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
  readonly events: {
    /** Whether each change writes its event. */
    readonly recorded: boolean;
    /** How long events are kept, milliseconds. */
    readonly retentionMs: number;
    /** The `source` of the CloudEvents. */
    readonly source: string;
    readonly webhooks: {
      readonly urls: readonly string[];
      /** The secrets to sign with: during a rotation the new one and the one before. */
      readonly secrets: readonly string[];
      /** How long an event is retried, milliseconds. */
      readonly retryMs: number;
      /** The time that an endpoint has to respond, milliseconds. */
      readonly timeoutMs: number;
    };
    /** The queue that events are sent to. */
    readonly queue: Queue | undefined;
  };
  /** Limits accepts by project; undefined without the binding. */
  readonly acceptRateLimiter: RateLimit | undefined;
  /** The files of the page at `/handoff`, the OpenAPI document, and the files of Swagger UI. */
  readonly assets: Fetcher | undefined;
  /** The page at `/handoff`; undefined if it is off. */
  readonly handoff: HandoffPage | undefined;
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
  /** Whether responses have `Server-Timing`. */
  readonly serverTiming: boolean;
  /** The bearer token of `/metrics`; undefined if nothing is measured. */
  readonly metricsToken: string | undefined;
  /** The default limits of a project; -1 for no limit, gigabytes are GiB. */
  readonly defaultQuota: DefaultQuota;
}

interface HandoffPage {
  /** How users sign in with AUTH_STRATEGY=jwt; undefined if they cannot. */
  readonly oidc:
    | {
        readonly issuer: string;
        readonly clientId: string;
        /** Undefined for a public client. */
        readonly clientSecret: string | undefined;
        readonly scope: string;
        /** Further parameters of the requests to the identity provider. */
        readonly parameters: Readonly<Record<string, string>>;
      }
    | undefined;
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
  const { ACCEPT_RATE_LIMITER, ASSETS, EVENTS_QUEUE } = bindings as RuntimeBindings;
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
  const events = eventsOf(data, region, EVENTS_QUEUE, missing);
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
    events,
    acceptRateLimiter: ACCEPT_RATE_LIMITER,
    assets: ASSETS,
    handoff: handoffOf(data),
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
    serverTiming: data.SERVER_TIMING === "on",
    metricsToken: data.METRICS_TOKEN,
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

function handoffOf(data: Variables): HandoffPage | undefined {
  if (data.HANDOFF_PAGE === "off") return undefined;
  if (data.AUTH_STRATEGY !== "jwt" || data.OIDC_CLIENT_ID === undefined) return { oidc: undefined };
  return {
    oidc: {
      issuer: data.JWT_ISSUER ?? "",
      clientId: data.OIDC_CLIENT_ID,
      clientSecret: data.OIDC_CLIENT_SECRET,
      scope: data.OIDC_SCOPE,
      parameters: Object.fromEntries(new URLSearchParams(data.OIDC_PARAMETERS)),
    },
  };
}

/** Returns the `source` of events: the URL of the service, or of its region. */
function sourceOf(endpoint: string | undefined, region: string | undefined): string {
  if (endpoint === undefined)
    return ["urn:volume-transfers", ...(region === undefined ? [] : [region])].join(":");
  return region === undefined ? endpoint : `${endpoint}/${region}`;
}

/** @param problems receives a message for each rule between variables that is broken */
function eventsOf(
  data: Variables,
  region: string | undefined,
  queue: Queue | undefined,
  problems: string[],
): Config["events"] {
  const { WEBHOOK_URLS: urls = [], WEBHOOK_SECRET: secrets = [] } = data;
  const delivered = urls.length > 0 || queue !== undefined;
  if (urls.length > 0 && secrets.length === 0) problems.push("WEBHOOK_SECRET must be set for WEBHOOK_URLS");
  if (delivered && data.EVENTS === "off") {
    problems.push("EVENTS must be on for WEBHOOK_URLS and EVENTS_QUEUE");
  }
  if (delivered && data.WEBHOOK_RETRY_HOURS > data.EVENT_RETENTION_DAYS * 24) {
    problems.push("WEBHOOK_RETRY_HOURS must be at most the hours of EVENT_RETENTION_DAYS");
  }
  return {
    recorded: data.EVENTS === "on",
    retentionMs: data.EVENT_RETENTION_DAYS * 86_400_000,
    source: sourceOf(data.PUBLIC_ENDPOINT, region),
    webhooks: {
      urls,
      secrets,
      retryMs: data.WEBHOOK_RETRY_HOURS * 3_600_000,
      timeoutMs: data.WEBHOOK_TIMEOUT_MS,
    },
    queue,
  };
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
