import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { validator } from "hono/validator";
import * as z from "zod";
import { described } from "../openapi/describe.ts";
import type { AppEnv } from "./context.ts";
import { badRequest, Fault } from "./faults.ts";
import { MAX_MICROVERSION, type Microversion } from "./microversions.ts";
import { repr, str } from "./python_repr.ts";

const MEDIA_TYPES = ["application/json", "application/vnd.openstack.volume+json"];

/** A UUID in any of the spellings that OpenStack takes; what comes out is the usual one. */
export const uuid = z
  .string()
  .transform((text) =>
    text
      .replaceAll(/urn:|uuid:/g, "")
      .replaceAll(/^[{}]+|[{}]+$|-/g, "")
      .toLowerCase(),
  )
  .refine((hex) => /^[0-9a-f]{32}$/.test(hex), "is not a 'uuid'")
  .transform((hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"))
  .meta({ format: "uuid" });

const TRUE = ["True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t"];
const FALSE = ["False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no", "n", "f"];

/** A boolean, or one of the words that OpenStack takes for one. */
export const boolean = z
  .union([z.boolean(), z.string().meta({ enum: [...TRUE, ...FALSE] })], "is not of type 'boolean', 'string'")
  .refine(
    (value) => typeof value === "boolean" || TRUE.includes(value) || FALSE.includes(value),
    `is not one of ${repr([true, ...TRUE, false, ...FALSE])}`,
  )
  .transform((value) => value === true || TRUE.includes(String(value)));

/** Whether the value of a query parameter says yes, as oslo.utils reads it: whatever else it says is no. */
export const saysYes = (value: string | undefined): boolean =>
  ["1", "t", "true", "on", "y", "yes"].includes((value ?? "").trim().toLowerCase());

/** The most characters that a text has, counted as Python and JSON Schema do: in code points. */
export const MAX_LENGTH = 255;
const fits = (text: string) => [...text].length <= MAX_LENGTH;

/** An optional text that a person wrote, at most 255 characters without the blanks around it. */
export const optionalText = z
  .string()
  .meta({ maxLength: MAX_LENGTH })
  .transform((text) => text.trim())
  .refine(fits, "is too long")
  .nullish();

/** User metadata: names and values of at most 255 characters. */
export const metadata = z
  .record(
    z
      .string()
      .refine((name) => name !== "" && fits(name))
      .meta({ minLength: 1, maxLength: MAX_LENGTH }),
    z.string().refine(fits, "is too long").meta({ maxLength: MAX_LENGTH }),
  )
  .nullish()
  .transform((value) => value ?? {});

/** The body of the action `os-reset_status`: one of the statuses, in whatever case. */
export const resetStatus = (statuses: readonly string[]) =>
  z.strictObject({
    "os-reset_status": z.strictObject({
      status: z
        .string()
        .meta({ enum: [...statuses] })
        .transform((status) => status.toLowerCase())
        .refine((status) => statuses.includes(status), `is not one of ${statuses.join(", ")}`),
    }),
  });

/**
 * Refuses a body that is not JSON, before any route reads it.
 *
 * @throws Fault 415 for another media type, 400 for text that is not JSON
 */
export const acceptOnlyJson = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.raw.body !== null && (await c.req.text()) !== "") {
    const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
    if (type !== undefined && !MEDIA_TYPES.includes(type)) {
      throw new Fault(415, "Unsupported Content-Type");
    }
    await c.req.json().catch(() => {
      throw badRequest("Malformed request body");
    });
  }
  await next();
});

/**
 * The request's body, checked against the schema and typed: `c.req.valid("json")`.
 *
 * @param schema a schema, or what tells the schema of a microversion
 * @throws Fault 400 with the message that Cinder's JSON schemas give for the first thing wrong
 */
export const body = <S extends z.ZodType>(schema: S | ((microversion: Microversion) => S)) => {
  const check = validator("json", (value: unknown, c): z.output<S> => {
    const { data, error } = (typeof schema === "function" ? schema(c.get("microversion")) : schema).safeParse(
      value,
    );
    if (error) throw badRequest(explain(error, value));
    return data;
  });
  // The document of the API has the very schema that is checked against.
  return described(check, { body: typeof schema === "function" ? schema(MAX_MICROVERSION) : schema });
};

/**
 * Names the parameters of a query, so that clients in TypeScript can give them: `c.req.valid("query")`. Whatever
 * else a query has is not refused, nor is it here.
 */
export const queryParameters = <Name extends string>(...names: readonly Name[]) =>
  validator("query", (all): { [name in Name]?: string } => {
    const named: { [name in Name]?: string } = {};
    for (const name of names) {
      const value = all[name];
      if (typeof value === "string") named[name] = value;
    }
    return named;
  });

/**
 * The header by which a request is told when it comes again, if it has one.
 *
 * @throws Fault 400 for a key that is empty, too long, or has more than printable ASCII
 */
export function idempotencyKey(c: Context<AppEnv>): string | undefined {
  const key = c.req.header("Idempotency-Key");
  if (key === undefined || /^[!-~]{1,255}$/.test(key)) return key;
  throw badRequest("Idempotency-Key must have 1 to 255 printable ASCII characters and no blanks.");
}

const TYPE_NAMES: Readonly<Record<string, string>> = { int: "integer", number: "integer", record: "object" };

type Finding = { readonly path: readonly PropertyKey[]; readonly message: string };

/** Says what is wrong with `input` as python-jsonschema would, of its findings the one nearest to the root. */
function explain(error: z.ZodError, input: unknown): string {
  const [first] = error.issues
    .map((issue) => finding(issue, input))
    .sort((a, b) => a.path.length - b.path.length);
  if (first === undefined) return "Malformed request body";
  const name = first.path.at(-1);
  if (name === undefined) return first.message;
  const value = str(at(input, first.path), first.path.includes("auth_key"));
  return `Invalid input for field/attribute ${String(name)}. Value: ${value}. ${first.message}`;
}

function finding(issue: z.core.$ZodIssue, input: unknown): Finding {
  const { path } = issue;
  const value = at(input, path);
  const shown = repr(value, path.includes("auth_key"));
  if (issue.code === "unrecognized_keys") {
    const verb = issue.keys.length === 1 ? "was" : "were";
    const names = issue.keys.map((name) => repr(name)).join(", ");
    return { path, message: `Additional properties are not allowed (${names} ${verb} unexpected)` };
  }
  if (value === undefined) {
    return { path: path.slice(0, -1), message: `${repr(path.at(-1))} is a required property` };
  }
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid input")) {
    const type = TYPE_NAMES[issue.expected] ?? issue.expected;
    return { path, message: `${shown} is not of type '${type}'` };
  }
  return { path, message: `${shown} ${issue.message}` };
}

/** The part of a JSON value that a path leads to. */
function at(value: unknown, path: readonly PropertyKey[]): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  return typeof value === "object" && value !== null && Object.hasOwn(value, head)
    ? at(Object.entries(value).find(([name]) => name === String(head))?.[1], rest)
    : undefined;
}
