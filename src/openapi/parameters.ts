import type { OpenAPIV3, OpenAPIV3_1 } from "openapi-types";
import { BOOLEAN_WORDS } from "../http/fields.ts";
import { MAX_SORT_KEYS } from "../http/pagination.ts";

/**
 * Documents a query parameter.
 *
 * @param schema the parameter's schema; a string by default
 * @example
 * queryParameter("limit", "The maximum number of items on the page.", { type: "integer", minimum: 0 });
 */
export const queryParameter = (
  name: string,
  description: string,
  schema: OpenAPIV3.NonArraySchemaObject = { type: "string" },
): OpenAPIV3_1.ParameterObject => ({ name, in: "query", description, schema });

/** Returns the pattern of the values that `parseStrictBoolean` takes, which ignores their case, and of other words. */
const booleanPattern = (others: readonly string[]): string =>
  `^(${[...BOOLEAN_WORDS, ...others].join("|")})$`.replaceAll(
    /[a-z]/g,
    (letter) => `[${letter}${letter.toUpperCase()}]`,
  );

/**
 * Documents a query parameter that must be a boolean.
 *
 * @param others other words that it can be
 */
export const booleanParameter = (
  name: string,
  description: string,
  ...others: readonly string[]
): OpenAPIV3_1.ParameterObject =>
  queryParameter(name, description, { type: "string", pattern: booleanPattern(others), example: "true" });

/** The query parameter that filters by metadata. */
export const METADATA_FILTER = queryParameter(
  "metadata",
  "Only those that have all of these keys with these values, as Python or JSON writes a dictionary of texts. Another " +
    "value matches none.",
  { type: "string", example: "{'key': 'value'}" },
);

/** Documents a query parameter that filters by a time. */
export const timeFilter = (name: "created_at" | "updated_at"): OpenAPIV3_1.ParameterObject => {
  const comparison =
    "(gt|gte|eq|neq|lt|lte):[12]\\d{3}-(0[1-9]|1[0-2])-(0[1-9]|1\\d|2[0-8])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d";
  return queryParameter(
    name,
    "Only those of a time for which one of the comma-separated comparisons holds. From 3.60.",
    { type: "string", pattern: `^${comparison}(,${comparison})*$`, example: "gt:2026-11-23T15:20:00" },
  );
};

/** The query parameter that asks for the number of items on all pages. */
export const WITH_COUNT = booleanParameter(
  "with_count",
  "Whether the response contains the number of items on all pages. From 3.45.",
);

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

/** The header that asks for the previews of a transfer by other projects. */
export const RECEIPTS: OpenAPIV3_1.ParameterObject = {
  name: "X-Receipts",
  in: "header",
  description:
    "If true, the response contains when other projects have previewed the transfer, first and last; whether an accept needs the key; the volume's name and size; and `expires_at` also if the configuration gave it.",
  schema: { type: "string" },
};

/** The header with the version that a client has. */
export const IF_NONE_MATCH: OpenAPIV3_1.ParameterObject = {
  name: "If-None-Match",
  in: "header",
  description: "The `ETag` of an earlier response. If nothing has changed since, the response is a 304.",
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
      pattern: `^${sort}(,${sort}){0,${MAX_SORT_KEYS - 1}}$`,
      example: "display_name:asc",
    }),
    queryParameter("sort_key", "Deprecated; use `sort`.", { type: "string", enum: [...sortKeys] }),
    queryParameter("sort_dir", "Deprecated; use `sort`.", { type: "string", enum: ["asc", "desc"] }),
    queryParameter("all_tenants", "For admins: list the resources of all projects."),
  ];
};
