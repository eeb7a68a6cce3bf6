import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { getPath } from "hono/utils/url";
import { type Bindings, type Config, ConfigurationError } from "../config/config.ts";
import { type Deployment, deployment } from "../config/deployment.ts";
import { type AppEnv, ifSet } from "./context.ts";
import { hostOf } from "./known_host.ts";
import { singleSlashes, withoutFormat } from "./path.ts";

/**
 * The prefix under which the router finds the routes of a region in front of a Cinder, where transfers and `/readyz` are
 * answered in another way. No path of a request contains a `#`.
 */
export const FACADE = "/#facade";

/** Returns whether a path in a region is one of transfers. As Cinder reads paths, `%2F` is a slash. */
export const isOfTransfers = (path: string): boolean =>
  /^\/v3(\/[^/]+)?\/(volume-transfers|os-volume-transfer)(\.json)?(\/|$)/.test(
    singleSlashes(path.replaceAll(/%2f/gi, "/")),
  );

/** Where a request leads. */
interface Location {
  /** The region, or the only configuration without `REGIONS`; undefined if the request names no region. */
  readonly config: Config | undefined;
  /** The region's part of the path, such as `/eu`; empty if the host names the region. */
  readonly prefix: string;
  /** The path in the region. */
  readonly path: string;
  /** The host that named the region, as `REGION_HOSTS` has it. */
  readonly host?: string;
}

/** Returns the region that the host of a request names, or else the first segment of its path. */
function locateRegion({ regions, hosts }: Deployment, request: Request): Location {
  const path = singleSlashes(getPath(request));
  const [only] = regions;
  if (only?.region === undefined) return { config: only, prefix: "", path };
  const requested = hostOf(request.url);
  const host = [requested, requested.replace(/:\d+$/, "")].find((one) => hosts.has(one));
  if (host !== undefined) return { config: hosts.get(host), prefix: "", path, host };
  const [, first = "", rest = ""] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
  const config = regions.find(({ region }) => region === first);
  return config === undefined
    ? { config, prefix: "", path }
    : { config, prefix: `/${first}`, path: rest === "" ? "/" : rest };
}

/** Returns where a request leads. The path of `CINDER_URL`, which Cinder's links have, is part of the prefix. */
function locate(all: Deployment, request: Request): Location {
  const location = locateRegion(all, request);
  const { config, prefix, path } = location;
  const base = config?.cinder?.path ?? "";
  if (base === "" || !(path === base || path.startsWith(`${base}/`))) return location;
  return { ...location, prefix: prefix + base, path: path.slice(base.length) || "/" };
}

/** Returns the path that routes match: without the region and `.json`. For Hono's `getPath`, which must not throw. */
export function pathInRegion(request: Request, { env = {} }: { readonly env?: Bindings } = {}): string {
  try {
    const { config, path } = locate(deployment(env), request);
    const isFacade = config?.cinder !== undefined && (path === "/readyz" || isOfTransfers(path));
    return (isFacade ? FACADE : "") + withoutFormat(path);
  } catch (error) {
    // The request is answered with 503.
    if (error instanceof ConfigurationError) return getPath(request);
    throw error;
  }
}

/**
 * Reads the configuration, and selects the region of the request: by its host if `REGION_HOSTS` has it, or else by the
 * first segment of its path.
 *
 * @throws ConfigurationError
 */
export const selectRegion = createMiddleware<AppEnv>((c, next) => {
  const all = deployment(c.env);
  c.set("deployment", all);
  const { config, prefix, path, host } = locate(all, c.req.raw);
  if (config !== undefined) c.set("config", config);
  // The routes are matched already.
  if (c.req.path.startsWith(FACADE)) c.req.path = withoutFormat(path);
  const { publicEndpoint } = all.shared;
  const root = publicEndpoint === undefined || host === undefined ? rootOf(c) : hostUrl(host, publicEndpoint);
  c.set("address", { root, prefix });
  return next();
});

/** Returns the URL of the service without a region: `PUBLIC_ENDPOINT`, or the URL that the client used. */
const rootOf = (c: Context<AppEnv>): string => {
  const { url } = c.req;
  return c.get("deployment").shared.publicEndpoint ?? url.slice(0, url.indexOf("/", "https://".length));
};

/** Returns the URL of a host, with the scheme of another URL: behind a proxy with TLS, the Worker sees `http:`. */
const hostUrl = (host: string, other: string): string => `${other.split(":", 1)[0]}://${host}`;

/** Returns whether a request belongs to a region: it names one, or the deployment has no `REGIONS`. */
export function namesRegion(c: Context<AppEnv>): boolean {
  return ifSet(c, "config") !== undefined;
}

/** Rejects a request that names no region as one of an unknown path. */
export const requireRegion = createMiddleware<AppEnv>((c, next) =>
  namesRegion(c) ? next() : Promise.resolve(c.notFound()),
);

/** Returns the regions of the deployment and their URLs, without a trailing slash; none without `REGIONS`. */
export function listRegions(c: Context<AppEnv>): { readonly region: string; readonly url: string }[] {
  const { regions, hosts } = c.get("deployment");
  const root = rootOf(c);
  return regions.flatMap((config) => {
    const { region } = config;
    if (region === undefined) return [];
    const [host] = [...hosts].find(([, named]) => named === config) ?? [];
    return [{ region, url: host === undefined ? `${root}/${region}` : hostUrl(host, root) }];
  });
}

/**
 * Runs a job for each region, at once. A region whose job fails does not stop the others.
 *
 * @throws AggregateError of the errors of all regions that failed; the only error without `REGIONS`
 */
export async function inEveryRegion<Region extends Pick<Config, "region">>(
  { regions }: { readonly regions: readonly Region[] },
  job: (region: Region) => Promise<void>,
): Promise<void> {
  const results = await Promise.allSettled(regions.map(job));
  const errors = results.flatMap((result, i) =>
    result.status === "fulfilled" ? [] : [{ region: regions[i]?.region, reason: result.reason as unknown }],
  );
  const [first] = errors;
  if (first === undefined) return;
  if (first.region === undefined) throw first.reason;
  throw new AggregateError(
    errors.map(({ reason }) => reason),
    `failed in ${errors.map(({ region }) => region).join(", ")}: ${errors.map(({ reason }) => String(reason)).join("; ")}`,
  );
}
