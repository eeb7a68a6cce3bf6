import * as z from "zod";

const value = z.discriminatedUnion("type", [
  z.object({ type: z.literal("null") }),
  z.object({ type: z.literal("text"), value: z.string() }),
  z.object({ type: z.literal("integer"), value: z.string() }),
  z.object({ type: z.literal("float"), value: z.number() }),
]);
const statement = z.object({
  sql: z.string().optional(),
  sql_id: z.int().optional(),
  args: z.array(value).default([]),
});
/** The part of Hrana, libSQL's protocol, that the service uses. */
const pipeline = z.object({
  baton: z.string().nullish(),
  requests: z.array(
    z.discriminatedUnion("type", [
      z.object({ type: z.literal("execute"), stmt: statement }),
      z.object({
        type: z.literal("batch"),
        batch: z.object({ steps: z.array(z.object({ stmt: statement })) }),
      }),
      z.object({ type: z.literal("store_sql"), sql_id: z.int(), sql: z.string() }),
      z.object({ type: z.literal("close_sql") }),
      z.object({ type: z.literal("close") }),
    ]),
  ),
});

/** A value of a statement. An object names a parameter, whose value differs from request to request. */
type Argument = string | number | null | { readonly name: string };

/** The statements that the service sends for one request. */
export interface RecordedStatements {
  readonly mode: "read" | "write";
  readonly statements: readonly { readonly sql: string; readonly args: readonly Argument[] }[];
}

/**
 * Extracts the statements from a request to the libSQL server.
 *
 * @param request the body of the request
 * @param storedSql the texts that earlier requests have stored in the same stream, by their ids; those of this request
 *   are added
 * @param parameters the names of the parameters by their values in this request
 * @param constants the values that are the same in every request, although they look like an HMAC
 */
export function extractStatements(
  request: string,
  storedSql: Map<number, string>,
  parameters: ReadonlyMap<string, string>,
  constants: ReadonlySet<string> = new Set(),
): RecordedStatements {
  const statements: z.output<typeof statement>[] = [];
  const { baton, requests } = pipeline.parse(JSON.parse(request));
  // A new stream has no texts.
  if (typeof baton !== "string") storedSql.clear();
  for (const step of requests) {
    if (step.type === "store_sql") storedSql.set(step.sql_id, step.sql);
    if (step.type === "execute") statements.push(step.stmt);
    if (step.type === "batch") statements.push(...step.batch.steps.map(({ stmt }) => stmt));
  }
  const textOf = ({ sql, sql_id = -1 }: z.output<typeof statement>): string => {
    const text = sql ?? storedSql.get(sql_id);
    if (text === undefined) throw new Error(`the text ${sql_id} was not stored`);
    return text;
  };
  const all = statements.map((statement) => ({
    sql: textOf(statement),
    args: statement.args.map((arg) => toArgument(arg, parameters, constants)),
  }));
  const mode = all.some(({ sql }) => sql.startsWith("BEGIN IMMEDIATE")) ? "write" : "read";
  return { mode, statements: all.filter(({ sql }) => !/^(BEGIN|COMMIT|ROLLBACK)/.test(sql)) };
}

function toArgument(
  arg: z.output<typeof value>,
  parameters: ReadonlyMap<string, string>,
  constants: ReadonlySet<string>,
): Argument {
  switch (arg.type) {
    case "null":
      return null;
    case "float":
      return arg.value;
    case "integer":
      return Number(arg.value);
    case "text": {
      const name = parameters.get(arg.value);
      if (name !== undefined) return { name };
      if (constants.has(arg.value)) return arg.value;
      // An HMAC. The one of the transfer and the one of the accept must be the same.
      if (/^[0-9a-f]{64}$/.test(arg.value)) return "0".repeat(64);
      return arg.value.startsWith("req-") ? { name: "id" } : arg.value;
    }
  }
}
