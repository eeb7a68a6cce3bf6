import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { Config } from "../config/config.ts";
import { type AppEnv, ifSet } from "./context.ts";
import { versionString } from "./microversions.ts";

/** The fields of a log line. None may overwrite its name. */
type Details = Readonly<Record<string, unknown>> & { readonly event?: never };

type LogOutput = (line: string) => void;
let output: LogOutput = (line) => console.log(line);

/** Sets where the log goes, in place of the console. */
export function setLogOutput(to: LogOutput): void {
  output = to;
}

/**
 * Writes one JSON line. It must not contain a token, an `auth_key`, a body or a query.
 *
 * @example
 * logEvent("wrong auth_key", { request_id, transfer_id, project_id });
 */
export const logEvent = (event: string, details: Details): void =>
  output(JSON.stringify({ event, ...details }));

/** Returns the fields that describe an error in the log: its stack and its cause. */
export const errorFields = (error: unknown): Details =>
  error instanceof Error
    ? {
        error: error.stack ?? String(error),
        ...(error.cause !== undefined && { cause: String(error.cause) }),
      }
    : { error: String(error) };

/** Returns the field that names the region in the log; none without `REGIONS`. */
export const inRegion = ({ region }: Pick<Config, "region">): Details =>
  region === undefined ? {} : { region };

/** Logs each request after its response, as `LOG_REQUESTS` configures it. */
export const logRequests = createMiddleware<AppEnv>(async (c, next) => {
  const started = performance.now();
  await next();
  // A request that fails early has none of these.
  if (!isLogged(ifSet(c, "deployment")?.shared.logRequests, c.res.status)) return;
  const config = ifSet(c, "config");
  const db = ifSet(c, "db");
  const identity = ifSet(c, "identity");
  const microversion = ifSet(c, "microversion");
  const globalRequestId = ifSet(c, "globalRequestId");
  const databaseMs = db?.elapsedMs();
  // JSON has no undefined: such a field is left out.
  logEvent("request", {
    request_id: c.get("requestId"),
    global_request_id: globalRequestId,
    region: config?.region,
    method: c.req.method,
    route: routePath(c),
    status: c.res.status,
    duration_ms: Math.round(performance.now() - started),
    database_ms: databaseMs === undefined ? undefined : Math.round(databaseMs),
    project_id: identity?.project_id,
    user_id: identity?.user_id,
    microversion: microversion === undefined ? undefined : versionString(microversion),
  });
});

/** @param requests undefined if the configuration is invalid: every request is logged then */
const isLogged = (requests: Config["logRequests"] = "all", status: number): boolean =>
  requests === "all" || (requests === "errors" && status >= 500);
