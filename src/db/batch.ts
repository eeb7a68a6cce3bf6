import { Column, fillPlaceholders, is, type Placeholder, type SQL, sql } from "drizzle-orm";
import type { BatchResponse } from "drizzle-orm/batch";
import type { RunnableQuery } from "drizzle-orm/runnable-query";
import { SQLiteSelectBase } from "drizzle-orm/sqlite-core";
import { drizzle } from "drizzle-orm/sqlite-proxy";
import type { Row, Statement, Value } from "./driver.ts";

/** Builds statements. They are run by the `Database`, which takes them all at once. */
export const build = drizzle(() => Promise.reject(new Error("the Database runs statements")));

/** A statement that Drizzle has built. */
export interface Query extends RunnableQuery<unknown, "sqlite"> {
  prepare(): Prepared;
}
interface Prepared {
  getQuery(): { readonly sql: string; readonly params: unknown[] };
  mapResult(response: { readonly rows: readonly Row[] }, isFromBatch: true): unknown;
}
type Queries = readonly [Query, ...Query[]];

/** Statements with their values, to run in one transaction and one round trip. */
export interface Batch<Results> {
  readonly statements: readonly Statement[];
  /** What the rows of each statement say. */
  readonly results: (rows: readonly (readonly Row[])[]) => Results;
}

/** Statements to run once: what is seldom asked for need not be kept. */
export function once<T extends Queries>(...queries: T): Batch<BatchResponse<T>> {
  return compile(queries)({});
}

/** Stands for the values that statements will be given. */
export interface Given<Values> {
  readonly value: <Name extends keyof Values & string>(name: Name) => SQL<Values[Name]>;
  /** Undefined where the value will be: the statements are built without it. */
  readonly optional: <Name extends keyof Values & string>(name: Name) => SQL<Values[Name]> | undefined;
  /** A value in the place of a number: of a limit. */
  readonly number: <Name extends keyof Values & string>(name: Name) => Placeholder<Name>;
}

/** How many forms of a batch are kept. Callers decide on sort orders: what they ask for must not fill the memory. */
const MAX_FORMS = 100;

/**
 * Statements that are built once, in each of their forms, and then given values: to build one takes longer than
 * SQLite takes to run it.
 *
 * @param queries builds the statements, of what stands for values and of a form
 * @returns makes the batch for values, and for what of the form is not told by which of them are undefined
 */
export function prepared<Values extends object, T extends Queries, Form extends readonly unknown[]>(
  queries: (given: Given<Values>, ...form: Form) => T,
): (values: Values, ...form: Form) => Batch<BatchResponse<T>> {
  const forms = new Map<string, (values: Values) => Batch<BatchResponse<T>>>();
  return (values, ...form) => {
    const given = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    const key = form.length === 0 ? given.join() : `${given.join()} ${JSON.stringify(form)}`;
    let bind = forms.get(key);
    if (bind === undefined) {
      const number = <Name extends string>(name: Name) => sql.placeholder(name);
      const value = <Name extends keyof Values & string>(name: Name) => sql<Values[Name]>`${number(name)}`;
      const optional = <Name extends keyof Values & string>(name: Name) =>
        given.includes(name) ? value(name) : undefined;
      bind = compile(queries({ value, optional, number }, ...form));
      const [oldest] = forms.size >= MAX_FORMS ? forms.keys() : [];
      if (oldest !== undefined) forms.delete(oldest);
      forms.set(key, bind);
    }
    return bind(values);
  };
}

function compile<T extends Queries>(queries: T): (values: object) => Batch<BatchResponse<T>> {
  const compiled = queries.map((query) => {
    const prepared = query.prepare();
    return { prepared, ...prepared.getQuery() };
  });
  const results = resultsOf(
    compiled.map(({ prepared }) => prepared),
    queries,
  );
  return (values) => ({
    statements: compiled.map(({ sql, params }) => ({
      sql,
      params: fillPlaceholders(params, { ...values }).map(asValue),
    })),
    results,
  });
}

/** Drizzle knows the types of what its queries answer, but forgets them when it compiles: they are the queries' own. */
function resultsOf<T extends Queries>(
  prepared: readonly Prepared[],
  queries: T,
): (rows: readonly (readonly Row[])[]) => BatchResponse<T>;
function resultsOf(
  prepared: readonly Prepared[],
  queries: Queries,
): (rows: readonly (readonly Row[])[]) => unknown[] {
  const readers = prepared.map(
    (one, i) => readerOf(queries[i]) ?? ((rows: readonly Row[]) => one.mapResult({ rows }, true)),
  );
  return (rows) => readers.map((read, i) => read(rows[i] ?? []));
}

/**
 * Reads the rows of a `select` of nothing but columns. Drizzle asks of each value of each row anew what it is, which
 * on a long page takes as long as all else.
 *
 * @returns undefined for a query that Drizzle must read
 */
function readerOf(query: object | undefined): ((rows: readonly Row[]) => unknown[]) | undefined {
  if (query === undefined || !is(query, SQLiteSelectBase)) return undefined;
  const columns: [name: string, column: Column][] = [];
  for (const [name, field] of Object.entries(query._.selectedFields)) {
    if (!is(field, Column)) return undefined;
    columns.push([name, field]);
  }
  return (rows) =>
    rows.map((row) => {
      const result: Record<string, unknown> = {};
      for (const [i, [name, column]] of columns.entries()) {
        const value = row[i];
        result[name] = value === null ? null : column.mapFromDriverValue(value);
      }
      return result;
    });
}

function asValue(value: unknown): Value {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    default:
      if (value === null) return value;
      throw new TypeError(`${typeof value} is no value of a statement`);
  }
}
