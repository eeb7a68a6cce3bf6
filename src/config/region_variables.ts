/**
 * The names and hosts of regions, and the names of their variables. `config.ts` reads their values, and the commands
 * pass them on.
 */

/** The variables that name the database and the Cinder of a region. A region never inherits them. */
const OWN_VARIABLES: readonly string[] = ["LIBSQL_URL", "LIBSQL_AUTH_TOKEN", "CINDER_URL"];

/** The variables that a region can have a value of its own for, in addition to those. */
const OVERRIDABLE_VARIABLES: readonly string[] = [
  "DATABASE_TIMEOUT_MS",
  "AUTH_KEY_SECRET",
  "AUTH_KEY_SECRET_PREVIOUS",
  "HISTORY_RETENTION_DAYS",
  "MAX_REQUESTS_IN_FLIGHT",
  "MAX_PROJECT_REQUESTS_IN_FLIGHT",
  "QUOTA_VOLUMES",
  "QUOTA_SNAPSHOTS",
  "QUOTA_GIGABYTES",
  "PER_VOLUME_SIZE_LIMIT",
  "CINDER_TIMEOUT_MS",
  "CINDER_CREDENTIAL_ID",
  "CINDER_CREDENTIAL_SECRET",
];

/** A region's name is the first segment of a path, so it must not be a path that is served without a region. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "docs",
  "handoff",
  "healthcheck",
  "metrics",
  "previous",
  "readyz",
  "regions",
  "v1",
  "v2",
  "v3",
]);
const NAME = /^[a-z][a-z0-9_-]{0,31}$/i;
const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;

type Variables = Readonly<Record<string, unknown>>;

/**
 * Returns the name of a region's variable or binding: `LIBSQL_URL_EU` for the region `eu`.
 *
 * @example
 * regionalName("LIBSQL_URL", "eu"); // "LIBSQL_URL_EU"
 */
export const regionalName = (name: string, region: string): string =>
  `${name}_${region.toUpperCase().replaceAll("-", "_")}`;

/**
 * Returns the names in `REGIONS`, in order.
 *
 * @example
 * splitRegions("eu, us"); // ["eu", "us"]
 */
export const splitRegions = (regions: string | undefined): string[] =>
  (regions ?? "").split(/[\s,]+/).filter((name) => name !== "");

/** Returns the names of all variables that only regions have: `LIBSQL_URL_EU` and so on. */
export const regionalVariables = (regions: readonly string[]): string[] =>
  regions.flatMap((region) =>
    [...OWN_VARIABLES, ...OVERRIDABLE_VARIABLES].map((name) => regionalName(name, region)),
  );

/**
 * Returns the variables of a region under the names that they have without regions: its own values, or else those of
 * all regions. Of the database and of Cinder it has only its own.
 */
export function variablesOfRegion<Value>(
  variables: Readonly<Record<string, Value>>,
  region: string,
): Record<string, Value> {
  const all = Object.entries(variables).filter(([name]) => !OWN_VARIABLES.includes(name));
  const own = [...OWN_VARIABLES, ...OVERRIDABLE_VARIABLES].flatMap((name) => {
    const value = variables[regionalName(name, region)];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries([...all, ...own]);
}

/** Returns the name under which a region's value of a variable was set, for messages. */
export const originalName = (variables: Variables, name: string, region: string): string => {
  const own = regionalName(name, region);
  return OWN_VARIABLES.includes(name) || variables[own] !== undefined ? own : name;
};

/** Returns the problems of the names of regions. */
export function checkRegions(regions: readonly string[]): string[] {
  const byVariable = Map.groupBy(regions, (region) => regionalName("DB", region));
  return [
    ...regions
      .filter((name) => !NAME.test(name))
      .map(
        (name) =>
          `REGIONS must be names of letters, digits, - and _, which begin with a letter and have at most 32 characters, not "${name}"`,
      ),
    ...regions
      .filter((name) => RESERVED_NAMES.has(name.toLowerCase()))
      .map((name) => `REGIONS must not contain "${name}", which is a path of the service`),
    ...[...byVariable.values()]
      .filter((names) => names.length > 1)
      .map(
        (names) =>
          `REGIONS must not contain both "${names.join('" and "')}", whose variables have the same names`,
      ),
  ];
}

/**
 * Parses `REGION_HOSTS`, such as `eu.volumes.example=eu,us.volumes.example=us`.
 *
 * @returns the regions by host, in lower case, and the problems
 */
export function parseRegionHosts(
  hosts: string | undefined,
  regions: readonly string[],
): { readonly hosts: ReadonlyMap<string, string>; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const parsed = new Map<string, string>();
  for (const entry of splitRegions(hosts)) {
    const [, host = "", region = ""] = /^([^=]*)=(.*)$/.exec(entry) ?? [];
    const name = host.toLowerCase();
    if (!HOST.test(name)) {
      problems.push(`REGION_HOSTS must be comma-separated entries of the form host=region, not "${entry}"`);
    } else if (!regions.includes(region)) {
      problems.push(`REGION_HOSTS names the region "${region}", which REGIONS does not contain`);
    } else if (parsed.has(name)) {
      problems.push(`REGION_HOSTS must not contain ${name} twice`);
    } else {
      parsed.set(name, region);
    }
  }
  return { hosts: parsed, problems };
}
