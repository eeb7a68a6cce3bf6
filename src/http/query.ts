import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv } from "./context.ts";
import { badRequest, type Fault } from "./faults.ts";

/** Makes a 400 for parameters of a query that are no filters. */
export const invalidFilters = (names: readonly string[]): Fault =>
  badRequest(`Invalid filters ${names.join(",")} are found in query options.`);

/** The parameters of a query. */
type Query<Name extends string = string> = { readonly [name in Name]?: string };

/** Escapes of bytes that are not ASCII. */
const ESCAPED_BYTES = /(?:%[89a-f][0-9a-f])+/gi;

/**
 * Returns the parameters of the query. As in Cinder, the last value of a repeated one counts.
 *
 * @throws Fault 400 if an escaped text is not UTF-8
 */
export function queryOf(c: Context<AppEnv>): Readonly<Record<string, string>> {
  // Most queries have no escapes.
  if (c.req.url.includes("%")) assertDecodable(new URL(c.req.url).search);
  const query: Record<string, string> = {};
  for (const [name, values] of Object.entries(c.req.queries())) query[name] = values.at(-1) ?? "";
  return query;
}

/** @throws Fault 400 if an escaped text is not UTF-8 */
function assertDecodable(search: string): void {
  try {
    for (const [bytes] of search.matchAll(ESCAPED_BYTES)) decodeURIComponent(bytes);
  } catch {
    throw badRequest(
      "Error decoding your request. Either the URL or the request body contained characters that could not be decoded by Cinder.",
    );
  }
}

type QueryMiddleware<Name extends string> = MiddlewareHandler<
  AppEnv,
  string,
  { in: { query: Query<Name> }; out: { query: Query<Name> } }
>;

/**
 * Names parameters of the query, so that the typed client accepts them: `c.req.valid("query")`. Other parameters are
 * not rejected here.
 *
 * @example
 * router.get("/", queryParameters("resource"), (c) => c.json({ resource: c.req.valid("query").resource }));
 */
export const queryParameters =
  <Name extends string>(...names: readonly Name[]): QueryMiddleware<Name> =>
  async (c, next) => {
    const query = queryOf(c);
    const named: { [name in Name]?: string } = {};
    for (const name of names) if (query[name] !== undefined) named[name] = query[name];
    c.req.addValidatedData("query", named);
    await next();
  };

/**
 * Names the only parameters of the query. A misspelt filter would otherwise list everything.
 *
 * @throws Fault 400 naming the others
 */
export const onlyQueryParameters = <Name extends string>(
  ...names: readonly Name[]
): QueryMiddleware<Name> => {
  const named = queryParameters(...names);
  const known: ReadonlySet<string> = new Set(names);
  return async (c, next) => {
    const unknown = Object.keys(queryOf(c)).filter((name) => !known.has(name));
    if (unknown.length > 0) throw invalidFilters(unknown);
    return named(c, next);
  };
};
