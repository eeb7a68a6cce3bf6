import { type Placeholder, type SQL, sql } from "drizzle-orm";
import type { RunnableQuery } from "drizzle-orm/runnable-query";
import { drizzle } from "drizzle-orm/sqlite-proxy";
import { BoundedCache } from "../engine/bounded_cache.ts";
import type { Batch, Evidence, Row, Statement } from "../engine/driver.ts";
import { type BindableStatement, type CompiledStatement, numberParameters } from "./parameters.ts";
import { columnReader } from "./rows.ts";

/** Builds queries. It never runs them: a `Database` runs all queries of a batch in one round trip. */
export const queryBuilder = drizzle(() =>
  Promise.reject(new Error("queries are run by a Database, as a batch")),
);

/** A query made by `queryBuilder`. */
export interface Query extends RunnableQuery<unknown, "sqlite"> {
  prepare(): PreparedQuery;
}
interface PreparedQuery {
  getQuery(): CompiledStatement;
  mapResult(response: { readonly rows: readonly Row[] }, isFromBatch: true): unknown;
}

/**
 * The queries of a batch by name. They run in the order in which the names are written. A list holds any number of
 * queries of one kind; a name whose query is undefined is left out.
 */
export type Queries = { readonly [name: string]: Query | readonly Query[] | undefined };

type ResultOf<Q> = Q extends Query
  ? Q["_"]["result"]
  : Q extends readonly (infer Each extends Query)[]
    ? Each["_"]["result"][]
    : undefined;

/** The results of a batch, under the names of its queries. */
export type Results<Q extends Queries> = { readonly [Name in keyof Q]: ResultOf<Q[Name]> };

/**
 * The queries that find out, after the answer to a batch was lost, whether it has taken effect. One with the name of a
 * query of the batch selects what that query returned: if none finds a row, the batch has not taken effect, and is run
 * again. Others run after them, in the same transaction.
 */
export type EvidenceQueries<Q extends Queries> = {
  readonly [Name in keyof Q]?: Query & { readonly _: { readonly result: ResultOf<Q[Name]> } };
} & { readonly [name: string]: Query | undefined };

/** The evidence of a batch that changes no more the second time: after a lost answer it is run again in any case. */
export const repeatable = () => ({});

/**
 * Compiles a batch for one use. Batches of frequent requests are prepared instead.
 *
 * @example
 * const { deleted } = await db.write(batch({ deleted: queryBuilder.delete(volumes).where(eq(volumes.id, id)) }));
 */
export function batch<Q extends Queries>(
  queries: Q,
  makeEvidence?: () => EvidenceQueries<Q>,
): Batch<Results<Q>> {
  const compiled = compile(queries);
  const { statements, read } = compiled;
  const evidence = makeEvidence && (() => evidenceOf(compiled, makeEvidence(), {}));
  return { statements: statements({}), read, evidence };
}

/** The parameters of a prepared batch. */
export interface Params<Values> {
  /** Returns the placeholder of a value. */
  readonly param: <Name extends keyof Values & string>(name: Name) => SQL<Values[Name]>;
  /** Returns the placeholder of a value, or undefined if this batch is called without it. */
  readonly optionalParam: <Name extends keyof Values & string>(name: Name) => SQL<Values[Name]> | undefined;
  /** Returns the placeholder of a number in `limit` or `offset`. */
  readonly numberParam: <Name extends keyof Values & string>(name: Name) => Placeholder<Name>;
}

/** The characters of the compiled variants of a batch that are kept. */
const MAX_CHARACTERS = 500_000;

/**
 * Prepares a batch: compiles it once for each variant and then only binds values, since compiling takes longer than
 * SQLite takes to run it.
 *
 * @param queries makes the queries from placeholders and the variant
 * @param makeEvidence makes those that find out whether the batch has taken effect; without them a request whose
 *   answer was lost is told that it may have
 * @returns binds values to the batch; the names of the values that are not undefined, and `variant`, select the
 *   compiled variant
 * @example
 * const showStatements = prepareBatch(({ param }: Params<{ id: string }>) => ({
 *   volume: queryBuilder.select().from(volumes).where(eq(volumes.id, param("id"))),
 * }));
 * const { volume } = await db.read(showStatements({ id }));
 */
export function prepareBatch<Values extends object, Q extends Queries, Variant extends readonly unknown[]>(
  queries: (params: Params<Values>, ...variant: Variant) => Q,
  makeEvidence?: (params: Params<Values>) => EvidenceQueries<Q>,
): (values: Values, ...variant: Variant) => Batch<Results<Q>> {
  const compiled = new BoundedCache<CompiledBatch<Q>>(MAX_CHARACTERS);
  return (values, ...variant) => {
    let key = variant.length === 0 ? "" : JSON.stringify(variant);
    for (const name in values) if (values[name] !== undefined) key += ` ${name}`;
    let found = compiled.get(key);
    if (found === undefined) {
      found = compile(queries(placeholders(values), ...variant));
      compiled.set(key, found, found.characters);
    }
    const { statements, read } = found;
    const evidence = makeEvidence && (() => evidenceOf(found, makeEvidence(placeholders(values)), values));
    return { statements: statements(values), read, evidence };
  };
}

/** Compiles the queries that find out whether a batch has taken effect. It happens rarely, so they are not kept. */
function evidenceOf<Q extends Queries>(
  { positions, size }: CompiledBatch<Q>,
  queries: Queries,
  values: object,
): Evidence {
  const compiled = compile(queries);
  return {
    statements: compiled.statements(values),
    read: (rows) => {
      const own: (readonly Row[])[] = Array.from({ length: size }, () => []);
      for (const [name, place] of compiled.positions) {
        const position = positions.get(name);
        if (position !== undefined) own[position] = rows[place] ?? [];
      }
      return own.some(({ length }) => length > 0) ? own : undefined;
    },
  };
}

/** Makes the parameters of a batch that is called with the values. */
function placeholders<Values>(values: Values): Params<Values> {
  const param = <Name extends keyof Values & string>(name: Name) =>
    sql<Values[Name]>`${sql.placeholder(name)}`;
  return {
    param,
    optionalParam: (name) => (values[name] === undefined ? undefined : param(name)),
    numberParam: (name) => sql.placeholder(name),
  };
}

type ReadRows = (rows: readonly Row[]) => unknown;

interface CompiledBatch<Q extends Queries> {
  /** The length of the statements. */
  readonly characters: number;
  readonly statements: (values: object) => Statement[];
  readonly read: Batch<Results<Q>>["read"];
  /** The positions of the statements of single queries, by their names. */
  readonly positions: ReadonlyMap<string, number>;
  /** The number of statements. */
  readonly size: number;
}

function compile<Q extends Queries>(queries: Q): CompiledBatch<Q> {
  const statements: BindableStatement[] = [];
  const positions = new Map<string, number>();
  /** Compiles a query as the next statement, and returns the function that reads its result from those of all. */
  const add = (query: Query) => {
    const prepared = query.prepare();
    const read = columnReader(query) ?? drizzleReader(prepared);
    const position = statements.push(numberParameters(prepared.getQuery())) - 1;
    return (rows: readonly (readonly Row[])[]) => read(rows[position] ?? []);
  };
  const readers = Object.entries(queries).map(([name, query]) => {
    if (query === undefined) return [name, () => undefined] as const;
    if (!isList(query)) {
      positions.set(name, statements.length);
      return [name, add(query)] as const;
    }
    const each = query.map(add);
    return [name, (rows: readonly (readonly Row[])[]) => each.map((read) => read(rows))] as const;
  });
  return {
    characters: statements.reduce((sum, { sql }) => sum + sql.length, 0),
    positions,
    size: statements.length,
    statements: (values) =>
      statements.map(({ sql, params }) => ({ sql, params: params.map((read) => read(values)) })),
    read: (rows) =>
      // The readers have the names of the queries, and return the types that Drizzle gives the results: a fact that
      // Object.fromEntries cannot express.
      Object.fromEntries(readers.map(([name, read]) => [name, read(rows)])) as Results<Q>,
  };
}

/** Returns Drizzle's reader of the rows of a query, which keeps the query in memory. */
const drizzleReader =
  (prepared: PreparedQuery): ReadRows =>
  (rows) =>
    prepared.mapResult({ rows }, true);

const isList = (query: Query | readonly Query[]): query is readonly Query[] => Array.isArray(query);
