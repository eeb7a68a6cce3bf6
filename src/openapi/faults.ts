import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Operation } from "./describe_route.ts";

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: "The request is malformed, or conflicts with the state of the resource; the message says how.",
  401: "The token is missing or not valid.",
  403: "None of the caller's roles allows this; the message names the policy rule.",
  404: "The resource does not exist, or the caller may not see it.",
  405: "The path does not support the method; `Allow` lists the methods that it supports.",
  406: "The microversion is out of range.",
  409: "Another request changes the resource at this time; `Retry-After` says when to retry.",
  413: "A quota is exceeded, or the body is too large.",
  415: "The body is not JSON.",
  429: "The caller's project, or this service at Keystone, sends too many requests; `Retry-After` says when to retry.",
  500: "The service has failed.",
  503: "A dependency is unavailable, the service is overloaded, or its configuration is invalid; `Retry-After` says when to retry.",
};
/** The faults of every operation under `/v3`. */
const COMMON: readonly ContentfulStatusCode[] = [400, 401, 403, 405, 406, 413, 415, 429, 500, 503];

/** Returns the faults of an operation, its own and the common ones, in order of status. */
export const faultsOf = (operation: Operation): [status: ContentfulStatusCode, description: string][] => {
  const { rule, faults = [] } = operation;
  const statuses = rule === "open" ? [405 as const, 503 as const] : [...COMMON, ...faults];
  return [...new Set(statuses)].sort().map((status) => [status, DESCRIPTIONS[status] ?? ""]);
};
