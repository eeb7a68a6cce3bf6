import type { OpenAPIV3, OpenAPIV3_1 } from "openapi-types";
import { BOOLEAN_WORDS } from "../http/fields.ts";

/**
 * Documents a query parameter.
 *
 * @param schema the parameter's schema; a string by default
 */
export const queryParameter = (
  name: string,
  description: string,
  schema: OpenAPIV3.NonArraySchemaObject = { type: "string" },
): OpenAPIV3_1.ParameterObject => ({ name, in: "query", description, schema });

/** The pattern of the values that `parseStrictBoolean` takes, which ignores their case. */
const BOOLEAN = `^(${BOOLEAN_WORDS.join("|")})$`.replaceAll(
  /[a-z]/g,
  (letter) => `[${letter}${letter.toUpperCase()}]`,
);

/** Documents a query parameter that must be a boolean. */
export const booleanParameter = (name: string, description: string): OpenAPIV3_1.ParameterObject =>
  queryParameter(name, description, { type: "string", pattern: BOOLEAN, example: "true" });

/** The header that makes a request idempotent. */
export const IDEMPOTENCY_KEY: OpenAPIV3_1.ParameterObject = {
  name: "Idempotency-Key",
  in: "header",
  description:
    "A request that is repeated with the same key gets the response of the first one that succeeded.",
  schema: { type: "string", pattern: "^[!-~]{1,255}$" },
};

/** The header that asks for the number of failed attempts to accept a transfer. */
export const FAILED_ATTEMPTS: OpenAPIV3_1.ParameterObject = {
  name: "X-Failed-Attempts",
  in: "header",
  description: "If true, the response contains the number of failed attempts to accept the transfer.",
  schema: { type: "string" },
};

/** Documents the query parameters of a list. */
export const listParameters = (sortKeys: readonly string[]): OpenAPIV3_1.ParameterObject[] => {
  const sort = `(${sortKeys.join("|")})(:(asc|desc))?`;
  return [
    queryParameter("limit", "The maximum number of items on the page.", { type: "integer", minimum: 0 }),
    queryParameter("marker", "The id of the last item of the previous page."),
    queryParameter("offset", "The number of items to skip, after the marker.", {
      type: "integer",
      minimum: 0,
      maximum: 2 ** 31 - 1,
    }),
    queryParameter("sort", "Comma-separated keys, each with a direction; the default direction is `desc`.", {
      type: "string",
      pattern: `^${sort}(,${sort})*$`,
      example: "display_name:asc",
    }),
    queryParameter("sort_key", "Deprecated; use `sort`.", { type: "string", enum: [...sortKeys] }),
    queryParameter("sort_dir", "Deprecated; use `sort`.", { type: "string", enum: ["asc", "desc"] }),
    queryParameter("all_tenants", "For admins: list the resources of all projects."),
  ];
};
