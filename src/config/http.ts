import * as z from "zod/mini";
import { httpUrl, list, oneOf, onOrOff, timeout, wholeNumber } from "./values.ts";

const corsOrigins = list.check(
  z.refine(
    (origins) => origins.every((origin) => origin === "*" || URL.parse(origin)?.origin === origin),
    "must be comma-separated origins such as https://horizon.example",
  ),
);

export const httpVariables = z.object({
  MAX_REQUESTS_IN_FLIGHT: wholeNumber(256, 1, 1_000_000),
  BODY_TIMEOUT_MS: timeout(10_000),
  MAX_PROJECT_REQUESTS_IN_FLIGHT: wholeNumber(192, 1, 1_000_000),
  PUBLIC_ENDPOINT: z.optional(httpUrl),
  CORS_ALLOWED_ORIGIN: z.optional(corsOrigins),
  OSAPI_MAX_LIMIT: wholeNumber(1000, 1, 1000),
  LOG_REQUESTS: z._default(oneOf("all", "errors", "none"), "all"),
  SERVER_TIMING: onOrOff("off"),
  METRICS_TOKEN: z.optional(
    z.string().check(z.regex(/^[!-~]{16,}$/, "must have at least 16 characters, without spaces")),
  ),
});

export interface HttpConfig {
  /** The number of requests in flight in one instance of the Worker; further requests get a 503. */
  readonly maxRequestsInFlight: number;
  /** The time that a client has to send a request body, milliseconds. */
  readonly bodyTimeoutMs: number;
  /** The number of requests of one project in flight. */
  readonly maxProjectRequestsInFlight: number;
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
}

/** Returns the configuration of HTTP from its variables. */
export const readHttp = (variables: z.output<typeof httpVariables>): HttpConfig => ({
  maxRequestsInFlight: variables.MAX_REQUESTS_IN_FLIGHT,
  bodyTimeoutMs: variables.BODY_TIMEOUT_MS,
  maxProjectRequestsInFlight: variables.MAX_PROJECT_REQUESTS_IN_FLIGHT,
  publicEndpoint: variables.PUBLIC_ENDPOINT,
  corsOrigins: variables.CORS_ALLOWED_ORIGIN ?? [],
  maxLimit: variables.OSAPI_MAX_LIMIT,
  logRequests: variables.LOG_REQUESTS,
  serverTiming: variables.SERVER_TIMING === "on",
  metricsToken: variables.METRICS_TOKEN,
});
