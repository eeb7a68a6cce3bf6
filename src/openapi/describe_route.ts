import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import type { OpenAPIV3_1 } from "openapi-types";
import type * as z from "zod/mini";
import type { AppEnv } from "../http/context.ts";
import { takeSlot } from "../http/load.ts";
import { readBody } from "../http/request_body.ts";
import { enforce, enforceFor, type Rule } from "../identity/policy.ts";

type Status = 200 | 202 | 300 | 302 | 304;
type FaultStatus = 400 | 403 | 404 | 409 | 413 | 429;

/** A link of OpenAPI: another operation that takes values of this operation's response. */
interface OperationLink {
  /** The id of the other operation. */
  readonly operation: string;
  /** The other operation's parameters, as runtime expressions of OpenAPI. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface OperationBase {
  /** The `operationId`: the method's name in generated clients. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** The successful response, and the schema of its body if it has one. */
  readonly response: { readonly status: Status; readonly description: string; readonly body?: z.ZodMiniType };
  /** A successful response with another status, without a body. */
  readonly alternative?: { readonly status: Status; readonly description: string };
  readonly links?: readonly OperationLink[];
  /** The operation's own faults; those that every operation has are added. */
  readonly faults?: readonly FaultStatus[];
  /** Query parameters, headers that are the operation's own, and path parameters that are more than any text. */
  readonly parameters?: readonly OpenAPIV3_1.ParameterObject[];
}

/** An operation: its documentation, and the policy rule that the caller must satisfy. */
export type Operation = OperationBase &
  (
    | {
        /** The policy rule, enforced before the body is validated. */
        readonly rule: Rule;
        /** The rules of the operation's actions, by the action's name; `rule` is the first. */
        readonly actions?: Readonly<Record<string, Rule>>;
        /** The path parameter with the project that the resource belongs to, if it is not the caller's own. */
        readonly project?: string;
      }
    /** Open to every user with a token: Cinder has no rule. */
    | { readonly rule: "authenticated" }
    /** Needs neither a token nor a microversion. */
    | { readonly rule: "open" }
  );

const operations = new WeakMap<object, Operation>();

/** Returns the operation that a handler made by `describeRoute` documents; undefined for other handlers. */
export const operationOf = (handler: object): Operation | undefined => operations.get(handler);

/** Documents the operation that a handler serves. */
export const documentOperation = (handler: object, operation: Operation): void => {
  operations.set(handler, operation);
};

const rules = new WeakMap<object, Operation["rule"]>();

/** Returns the policy rule that a handler enforces, made by `describeRoute` or `admit`; undefined for other handlers. */
export const ruleOf = (handler: object): Operation["rule"] | undefined =>
  rules.get(handler) ?? operationOf(handler)?.rule;

/**
 * Admits requests as `describeRoute` does, to a route that another one documents.
 *
 * @throws Fault 403 naming the rule, if the caller does not satisfy it; the faults of `readBody` and `takeSlot`
 */
export function admit(rule: Rule): MiddlewareHandler<AppEnv> {
  const handler = createMiddleware<AppEnv>(async (c, next) => {
    enforce(c.get("identity"), rule);
    await readBody(c);
    return takeSlot(c, next);
  });
  rules.set(handler, rule);
  return handler;
}

/**
 * Documents a route in the OpenAPI document, and admits its requests, the cheapest check first: enforces the policy
 * rule, reads the body, and takes a slot for requests in flight.
 *
 * @throws Fault 403 naming the rule, if the caller does not satisfy it; the faults of `readBody` and `takeSlot`
 * @example
 * router.get(
 *   "/:id",
 *   describeRoute({
 *     id: "showTransfer",
 *     rule: "volume:get_transfer",
 *     tag: "volume-transfers",
 *     summary: "Show volume transfer detail",
 *     response: { status: 200, description: "The transfer.", body: transferDetail },
 *     faults: [404],
 *   }),
 *   async (c) => c.json(await showTransfer(c.var, c.req.param("id"))),
 * );
 */
export const describeRoute = (operation: Operation): MiddlewareHandler<AppEnv> => {
  const handler = createMiddleware<AppEnv>(async (c, next) => {
    if (operation.rule === "open") return next();
    if (operation.rule !== "authenticated") {
      const { rule, project } = operation;
      if (project === undefined) enforce(c.get("identity"), rule);
      else enforceFor(c.get("identity"), rule, c.req.param(project) ?? "");
    }
    await readBody(c);
    return takeSlot(c, next);
  });
  documentOperation(handler, operation);
  return handler;
};
