import type { Context, MiddlewareHandler } from "hono";
import * as z from "zod/mini";
import { str } from "../dialect/python_repr.ts";
import { documentBody, validate } from "../http/body.ts";
import type { AppEnv } from "../http/context.ts";
import { badRequest, resourceNotFound } from "../http/faults.ts";
import { takeSlot } from "../http/load.ts";
import { MIN_MICROVERSION, type Microversion } from "../http/microversions.ts";
import { readBody } from "../http/request_body.ts";
import { accepted } from "../http/resource.ts";
import { enforce, type Rule } from "../identity/policy.ts";
import { documentOperation, type Operation } from "./describe_route.ts";

/** One of the actions of a resource: a member of the body names it and has its argument. */
interface Action {
  readonly name: string;
  readonly rule: Rule;
  readonly since: Microversion;
  /** The schema of the whole body. */
  readonly body: z.ZodMiniType<object>;
  readonly run: (c: Context<AppEnv>, json: object) => Promise<Response>;
}

/**
 * Makes an action.
 *
 * @param name the member of the body that asks for it
 * @param rule the policy rule that the caller must satisfy
 * @param argument the schema of the member's value
 * @param respond makes the response; by default a 202 without a body, of the type JSON
 * @param since the microversion from which on there is the action
 * @example
 * action("os-retype", "volume:retype", retypeArgument, (c, id, { new_type }) => retypeVolume(c.var, id, new_type));
 */
export function action<S extends z.ZodMiniType>(
  name: string,
  rule: Rule,
  argument: S,
  run: (c: Context<AppEnv>, id: string, argument: z.output<S>) => Promise<void>,
  respond: (c: Context<AppEnv>) => Response = accepted,
  since: Microversion = MIN_MICROVERSION,
): Action {
  const body = z.strictObject({ [name]: argument });
  return {
    name,
    rule,
    since,
    body,
    async run(c, json) {
      validate(body, json);
      const [[, value] = []] = Object.entries(json);
      await run(c, c.req.param("id") ?? "", argument.parse(value));
      return respond(c);
    },
  };
}

const malformed = () => badRequest("Malformed request body");
const noSuchAction = (name: string) =>
  badRequest(
    `There is no such action: ${name}. Verify the request body and Content-Type header and try again.`,
  );

/**
 * Documents and serves the path of a resource's actions. As for other routes, the policy rule is enforced before the
 * body is validated.
 *
 * @throws Fault 400 for a body that does not name one of the actions, 404 for one of a later microversion
 */
export function describeActions(
  operation: Omit<Operation, "rule" | "project">,
  actions: readonly [Action, Action, ...Action[]],
): MiddlewareHandler<AppEnv, string, { in: { json: Record<string, unknown> }; out: object }> {
  const handler: ReturnType<typeof describeActions> = async (c) => {
    const json = await readBody(c);
    if (json === undefined) throw noSuchAction("None");
    if (typeof json !== "object" || json === null || Array.isArray(json)) throw malformed();
    const [name, ...others] = Object.keys(json);
    if (name === undefined || others.length > 0) throw malformed();
    const action = actions.find((action) => action.name === name);
    if (action === undefined) throw noSuchAction(str(name, false));
    if (c.get("microversion") < action.since) throw resourceNotFound();
    enforce(c.get("identity"), action.rule);
    return takeSlot(c, async () => {
      c.res = await action.run(c, json);
    });
  };
  const rules = Object.fromEntries(actions.map(({ name, rule }) => [name, rule]));
  documentOperation(handler, { ...operation, rule: actions[0].rule, actions: rules });
  const [first, second, ...others] = actions;
  documentBody(handler, z.union([first.body, second.body, ...others.map(({ body }) => body)]));
  return handler;
}
