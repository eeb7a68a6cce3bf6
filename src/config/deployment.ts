import {
  type Bindings,
  type Config,
  ConfigurationError,
  configurationOf,
  perConfig,
  regionSettings,
} from "./config.ts";
import { checkRegions, parseRegionHosts, regionalName, splitRegions } from "./region_variables.ts";

/** The configuration that all regions share, for requests that name no region. */
type SharedConfig = Pick<
  Config,
  | "assets"
  // Of the first region, if a region has one of its own: the cookies of the page belong to all regions.
  | "authKeySecret"
  | "bodyTimeoutMs"
  | "corsOrigins"
  | "databaseTimeoutMs"
  | "handoff"
  | "identity"
  | "logRequests"
  | "maxProjectRequestsInFlight"
  | "maxRequestsInFlight"
  | "metricsToken"
  | "publicEndpoint"
  | "serverTiming"
>;

/** The regions of one deployment. */
export interface Deployment {
  readonly shared: SharedConfig;
  /** In the order of `REGIONS`. Without `REGIONS` there is one, without a name. */
  readonly regions: readonly Config[];
  /** The regions by host, as `REGION_HOSTS` lists them. */
  readonly hosts: ReadonlyMap<string, Config>;
}

const readOnce = perConfig(read);

/**
 * Returns the configuration of all regions, which is read once for each set of bindings.
 *
 * @throws ConfigurationError naming every missing or invalid variable
 * @example
 * const { regions, shared } = deployment(env);
 */
export function deployment(bindings: Bindings): Deployment {
  const value = readOnce(bindings);
  if (value instanceof ConfigurationError) throw value;
  return value;
}

function read(bindings: Bindings): Deployment | ConfigurationError {
  const settings = regionSettings(bindings);
  const names = splitRegions(settings.regions);
  const { hosts, problems } = parseRegionHosts(settings.hosts, names);
  const wrong = [...checkRegions(names), ...problems];
  if (wrong.length > 0) return new ConfigurationError(wrong);

  const results = (names.length === 0 ? [undefined] : names).map((name) => configurationOf(bindings, name));
  const failures = results.filter((result) => result instanceof ConfigurationError);
  const configs = results.flatMap((config) => (config instanceof ConfigurationError ? [] : [config]));
  const [first] = configs;
  if (failures.length > 0 || first === undefined) {
    // A problem of a variable that all regions share is reported once.
    return new ConfigurationError([...new Set(failures.flatMap((failure) => failure.problems))]);
  }
  const shared = [...sharedDatabases(configs), ...sharedCinders(configs)];
  if (shared.length > 0) return new ConfigurationError(shared);

  // One object of the identity: all regions share the cache of tokens.
  const regions = configs.map((config) => ({ ...config, identity: first.identity }));
  const byHost = [...hosts].flatMap(([host, name]) => {
    const config = regions.find(({ region }) => region === name);
    return config === undefined ? [] : [[host, config] as const];
  });
  return { shared: first, regions, hosts: new Map(byHost) };
}

/** Returns a message for each region that has the database of a region before it. */
const sharedDatabases = (configs: readonly Config[]): string[] =>
  configs
    .filter(({ database }, i) => configs.slice(0, i).some((other) => isSame(database, other.database)))
    .map(
      ({ database, region = "" }) =>
        `${regionalName(database.kind === "d1" ? "DB" : "LIBSQL_URL", region)} must not be the database of another region`,
    );

/** Returns a message for each region that has the Cinder of a region before it. */
const sharedCinders = (configs: readonly Config[]): string[] =>
  configs
    .filter(
      ({ cinder }, i) =>
        cinder !== undefined && configs.slice(0, i).some((other) => other.cinder?.url === cinder.url),
    )
    .map(
      ({ region = "" }) => `${regionalName("CINDER_URL", region)} must not be the Cinder of another region`,
    );

const isSame = (one: Config["database"], other: Config["database"]): boolean => keyOf(one) === keyOf(other);

const keyOf = (database: Config["database"]): unknown => {
  if (database.kind === "libsql") return database.url;
  return database.kind === "d1" ? database.binding : database.driver;
};
