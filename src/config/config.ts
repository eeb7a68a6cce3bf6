import * as z from "zod/mini";
import { type CinderConfig, type CinderFetch, cinderVariables, readCinder } from "./cinder.ts";
import { type DatabaseConfig, databaseVariables, type EmbeddedDatabase, readDatabase } from "./database.ts";
import { type EventConfig, eventSource, eventVariables, readEvents } from "./events.ts";
import { type HandoffPage, handoffVariables, readHandoff } from "./handoff.ts";
import { type HttpConfig, httpVariables, readHttp } from "./http.ts";
import { type IdentityConfig, identityVariables, readIdentity } from "./identity.ts";
import { type DefaultQuota, quotaVariables, readDefaultQuota } from "./quotas.ts";
import { originalName, regionalName, variablesOfRegion } from "./region_variables.ts";
import { readTransfers, type TransferConfig, transferVariables } from "./transfers.ts";
import { text } from "./values.ts";

// The configuration is read and validated once, here. The other files of `config/` declare the variables of a subject
// and parse their values.

/**
 * The variables, secrets and bindings that the runtime passes to the Worker. The type has no properties, so that only
 * this file can read them: everything else reads `Config`.
 */
export type Bindings = object;

/** The bindings of `wrangler.toml`. */
interface RuntimeBindings {
  readonly REGIONS?: unknown;
  readonly REGION_HOSTS?: unknown;
  readonly ACCEPT_RATE_LIMITER?: RateLimit;
  /** The files of the page at `/handoff`, the OpenAPI document, and the files of Swagger UI. */
  readonly ASSETS?: Fetcher;
  readonly EVENTS_QUEUE?: Queue;
  /** Sends the requests to Cinder; by default `fetch` does. */
  readonly CINDER_FETCH?: CinderFetch;
}

/** The binding of the D1 database; that of the region `eu` is `DB_EU`. */
export const D1_BINDING = "DB";

/** The binding of the database that the host has opened; that of the region `eu` is `DATABASE_EU`. */
export const DATABASE_BINDING = "DATABASE";

/** The binding of the function that sends the requests to Cinder, for a host that has one. */
export const CINDER_FETCH_BINDING = "CINDER_FETCH";

const variables = z.object({
  REGIONS: z.optional(text),
  REGION_HOSTS: z.optional(text),
  ...identityVariables.shape,
  ...handoffVariables.shape,
  ...transferVariables.shape,
  ...eventVariables.shape,
  ...databaseVariables.shape,
  ...httpVariables.shape,
  ...quotaVariables.shape,
  ...cinderVariables.shape,
});

export type { CinderConfig, CinderFetch } from "./cinder.ts";

/** The names of all variables and secrets, for the commands that pass them on to the Worker. */
export const CONFIGURATION_VARIABLES: readonly string[] = Object.keys(variables.shape);

/** The validated configuration of a region, or of a service without `REGIONS`. */
export interface Config extends TransferConfig, DatabaseConfig, HttpConfig {
  /** The name of the region; undefined without `REGIONS`. */
  readonly region: string | undefined;
  readonly identity: IdentityConfig;
  readonly events: EventConfig;
  /** The page at `/handoff`; undefined if it is off. */
  readonly handoff: HandoffPage | undefined;
  /** The Cinder that decides who owns a volume; undefined if this service does. */
  readonly cinder: CinderConfig | undefined;
  readonly defaultQuota: DefaultQuota;
  /** The number of volumes that a project may create in a minute; 0 for no limit. */
  readonly volumesPerMinute: number;
  /** Limits accepts by project; undefined without the binding. */
  readonly acceptRateLimiter: RateLimit | undefined;
  /** The files of the page at `/handoff`, the OpenAPI document, and the files of Swagger UI. */
  readonly assets: Fetcher | undefined;
}

/** The configuration is incomplete or invalid. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  /** One message for each invalid variable: its name, and the values that it accepts. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join("; "), options);
    this.problems = problems;
  }
}

/**
 * Makes a function that creates a value once for each configuration, or for each part of one, and then returns it.
 *
 * @example
 * const loadOf = perConfig(({ maxRequestsInFlight }: Config) => new Load(maxRequestsInFlight));
 */
export function perConfig<Key extends object, Value>(create: (config: Key) => Value): (config: Key) => Value {
  const values = new WeakMap<Key, Value>();
  return (config) => {
    let value = values.get(config);
    if (value === undefined) {
      value = create(config);
      values.set(config, value);
    }
    return value;
  };
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
  const { ACCEPT_RATE_LIMITER, ASSETS, CINDER_FETCH, EVENTS_QUEUE } = bindings as RuntimeBindings;
  const bindingName = (name: string) => (region === undefined ? name : regionalName(name, region));
  const DB = all[bindingName(D1_BINDING)] as D1Database | undefined;
  const DATABASE = all[bindingName(DATABASE_BINDING)] as EmbeddedDatabase | undefined;
  const { data, error } = variables.safeParse(set);
  const problems: string[] = [];
  if (set.LIBSQL_URL === undefined && DB === undefined && DATABASE === undefined) {
    problems.push(
      `${nameOf("LIBSQL_URL")} must be set, or a D1 database must be bound as ${bindingName(D1_BINDING)}`,
    );
  }
  if (region !== undefined && all.CINDER_URL !== undefined) {
    problems.push(`CINDER_URL must name its region: ${bindingName("CINDER_URL")}`);
  }
  if (error) {
    return new ConfigurationError([
      ...error.issues.map((i) => `${nameOf(String(i.path[0]))} ${i.message}`),
      ...problems,
    ]);
  }
  const identity = readIdentity(data, problems);
  const transfers = readTransfers(data, identity, problems);
  const events = readEvents(data, eventSource(data.PUBLIC_ENDPOINT, region), EVENTS_QUEUE, problems);
  const cinder = readCinder(data, identity, CINDER_FETCH, problems);
  const database = readDatabase(data, { d1: DB, embedded: DATABASE });
  if (database === undefined || problems.length > 0) return new ConfigurationError(problems);
  return {
    region,
    identity,
    ...transfers,
    events,
    ...database,
    ...readHttp(data),
    handoff: readHandoff(data, identity),
    cinder,
    defaultQuota: readDefaultQuota(data),
    volumesPerMinute: data.VOLUMES_PER_MINUTE,
    acceptRateLimiter: ACCEPT_RATE_LIMITER,
    assets: ASSETS,
  };
}
