import type { Context, MiddlewareHandler } from "hono";
import type * as z from "zod/mini";
import { validationMessage } from "../dialect/validation_message.ts";
import type { AppEnv } from "./context.ts";
import { badRequest } from "./faults.ts";
import { MAX_MICROVERSION, type Microversion } from "./microversions.ts";
import { readBody } from "./request_body.ts";

const schemas = new WeakMap<object, z.ZodMiniType>();

/** Returns the schema that a handler made by `body` validates against; undefined for other handlers. */
export const bodySchemaOf = (handler: object): z.ZodMiniType | undefined => schemas.get(handler);

/** Documents the schema of the bodies that a handler takes. */
export const documentBody = (handler: object, schema: z.ZodMiniType): void => {
  schemas.set(handler, schema);
};

/**
 * Validates a body.
 *
 * @returns the schema's output
 * @throws Fault 400 with the message of Cinder's JSON schemas for the first finding
 */
export function validate<S extends z.ZodMiniType>(schema: S, json: unknown): z.output<S> {
  const { data, error } = schema.safeParse(json);
  if (error) throw badRequest(validationMessage(error, json));
  return data;
}

/**
 * Validates the request's body and types it: `c.req.valid("json")`.
 *
 * @param schema a schema, or a function from the microversion to one
 * @throws Fault 400 with the message of Cinder's JSON schemas for the first finding
 * @example
 * router.post("/", body(z.strictObject({ transfer: z.strictObject({ volume_id: uuid }) })), (c) => {
 *   const { volume_id } = c.req.valid("json").transfer;
 *   return c.json({ volume_id });
 * });
 */
export const body = <S extends z.ZodMiniType<object>>(
  schema: S | ((microversion: Microversion) => S),
): MiddlewareHandler<AppEnv, string, { in: { json: z.input<S> }; out: { json: z.output<S> } }> => {
  const handler: ReturnType<typeof body<S>> = async (c, next) => {
    const read = await readBody(c);
    // Not `??`: `null` is a body, and invalid.
    const json = read === undefined ? {} : read;
    const chosen = typeof schema === "function" ? schema(c.get("microversion")) : schema;
    c.req.addValidatedData("json", validate(chosen, json));
    await next();
  };
  // The OpenAPI document contains the schema that validates, so the two cannot differ.
  documentBody(handler, typeof schema === "function" ? schema(MAX_MICROVERSION) : schema);
  return handler;
};

/**
 * Returns the value of the `Idempotency-Key` header, if the request has one.
 *
 * @throws Fault 400 for a key that is empty, too long, or not printable ASCII
 */
export function idempotencyKey(c: Context<AppEnv>): string | undefined {
  const key = c.req.header("Idempotency-Key");
  if (key === undefined || /^[!-~]{1,255}$/.test(key)) return key;
  throw badRequest("Idempotency-Key must have 1 to 255 printable ASCII characters and no blanks.");
}
