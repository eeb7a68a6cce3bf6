import type { MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { OpenAPIV3, OpenAPIV3_1 } from "openapi-types";
import type * as z from "zod";
import type { AppEnv } from "../http/context.ts";

type Status = 200 | 202 | 300 | 302;
type FaultStatus = 400 | 403 | 404 | 413 | 429;

/** What can be done next with what an operation has answered. */
interface Next {
  /** The id of the other operation. */
  readonly operation: string;
  /** The other operation's parameters, as runtime expressions of OpenAPI. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An operation, as documents tell it. */
export interface Operation {
  /** The name by which clients that are made from the document call it. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** The answer, and its body if it has one. */
  readonly answer: { readonly status: Status; readonly description: string; readonly body?: z.ZodType };
  readonly next?: readonly Next[];
  /** The faults that are the operation's own; those that every operation has come beside them. */
  readonly faults?: readonly FaultStatus[];
  /** Of the query, and headers that are the operation's own. */
  readonly parameters?: readonly OpenAPIV3_1.ParameterObject[];
  /** Whether it is open to all, without a token and without a microversion. */
  readonly open?: boolean;
}

const FAULTS: Readonly<Record<number, string>> = {
  400: "The request is wrong, or does not go with the state of what it is about; the message says how.",
  401: "There is no token, or one that is not honoured.",
  403: "The caller has no role that allows this; the message names the rule.",
  404: "There is no such thing, or none that the caller may see.",
  405: "The path has no such method; `Allow` tells those that it has.",
  406: "The microversion is out of range.",
  413: "A quota has no room, or the body is too large.",
  415: "The body is not JSON.",
  429: "The caller's project accepts too often; `Retry-After` tells when to come back.",
  500: "The service has failed.",
  503: "Something that the service needs is away, or it has too much to do, or its configuration is wrong; `Retry-After` tells when to come back.",
};
/** The faults of everything under `/v3`. */
const EVERYWHERE: readonly ContentfulStatusCode[] = [400, 401, 403, 405, 406, 413, 415, 500, 503];

/** What a handler tells documents of its route. */
interface Described {
  readonly operation?: Operation;
  /** What the request's body is checked against. */
  readonly body?: z.ZodType;
}

const descriptions = new WeakMap<object, Described>();

/** Has a handler tell documents something of its route. */
export function described<H extends object>(handler: H, told: Described): H {
  descriptions.set(handler, told);
  return handler;
}

/** What handlers of one route tell documents of it together. */
export function descriptionOf(handlers: readonly object[]): Described {
  const told = handlers.flatMap((handler) => descriptions.get(handler) ?? []);
  const operation = told.find((one) => one.operation)?.operation;
  const body = told.find((one) => one.body)?.body;
  return { ...(operation && { operation }), ...(body && { body }) };
}

/** Describes a route to readers and machines: the document at `/openapi.json` is made of these. */
export const describe = (operation: Operation): MiddlewareHandler<AppEnv> =>
  described<MiddlewareHandler<AppEnv>>((_c, next) => next(), { operation });

/** The faults of an operation: its own, and those that every operation has. */
export const faultsOf = ({ open, faults = [] }: Operation): [ContentfulStatusCode, description: string][] => {
  const statuses = open ? [405 as const, 503 as const] : [...EVERYWHERE, ...faults];
  return [...new Set(statuses)].sort().map((status) => [status, FAULTS[status] ?? ""]);
};

const parameter = (
  name: string,
  description: string,
  schema: OpenAPIV3.NonArraySchemaObject,
): OpenAPIV3_1.ParameterObject => ({ name, in: "query", description, schema });

/** The header by which a request is told when it comes again. */
export const IDEMPOTENCY_KEY: OpenAPIV3_1.ParameterObject = {
  name: "Idempotency-Key",
  in: "header",
  description: "Sent again with the same key, the request gets the answer it had, if it was carried out.",
  schema: { type: "string", pattern: "^[!-~]{1,255}$" },
};

/** A filter: only what has this value is listed. */
export const filter = (
  name: string,
  description: string,
  schema: OpenAPIV3.NonArraySchemaObject = { type: "string" },
) => parameter(name, description, schema);

/** The parameters of a list. */
export const listParameters = (sortKeys: readonly string[]): OpenAPIV3_1.ParameterObject[] => {
  const sort = `(${sortKeys.join("|")})(:(asc|desc))?`;
  return [
    parameter("limit", "At most as many items; there may be more pages.", { type: "integer", minimum: 0 }),
    parameter("marker", "The id of the last item of the page before.", { type: "string" }),
    parameter("offset", "Items to pass over, after the marker.", {
      type: "integer",
      minimum: 0,
      maximum: 2 ** 31 - 1,
    }),
    parameter("sort", "Keys, each with a direction or `desc`, with commas between.", {
      type: "string",
      pattern: `^${sort}(,${sort})*$`,
      example: "display_name:asc",
    }),
    parameter("sort_key", "Deprecated for `sort`.", { type: "string", enum: [...sortKeys] }),
    parameter("sort_dir", "Deprecated for `sort`.", { type: "string", enum: ["asc", "desc"] }),
    parameter("all_tenants", "For admins: the things of all projects.", { type: "string" }),
  ];
};
