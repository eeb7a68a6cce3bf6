import { and, asc, desc, eq, type SQL, sql } from "drizzle-orm";
import type { RunnableQuery } from "drizzle-orm/runnable-query";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database } from "../engine/database.ts";
import { type Params, prepareBatch, type Query, queryBuilder } from "./batch.ts";
import { cutPage, type LongRows, maxPageBytes, orderWithin, type PageRows, pageBytes } from "./page_size.ts";
import { projectOf, type Scope } from "./scope.ts";

export type Direction = "asc" | "desc";

/** One key of a sort order. */
export interface Sort {
  readonly key: string;
  readonly direction: Direction;
}

/** The part of a list that a request asks for. */
export interface Page {
  /** The maximum number of items; 0 for none. */
  readonly limit: number;
  /** The number of items to skip, after the marker. */
  readonly offset: number;
  /** The id of the last item of the previous page. */
  readonly marker: string | undefined;
  readonly sort: readonly Sort[];
}

/**
 * The sort keys of a list: a column or expression; `"seq"`, the order of creation, which is unique; or `"constant"`
 * for a value that is the same for all listed items.
 */
export type SortKeys = Readonly<Record<string, SQL | SQLiteColumn | "seq" | "constant">>;

/** A list that can be read page by page. */
export interface List<Filters> {
  readonly table: SQLiteTable & { readonly seq: SQLiteColumn; readonly id: SQLiteColumn };
  /** Makes the condition under which a row is listed at all: for one project, or for all without one. */
  readonly visible: (project_id: SQL | undefined) => SQL | undefined;
  readonly sortKeys: SortKeys;
  /** The columns that the filters compare with, or the conditions that they make. */
  readonly filters: Readonly<Record<keyof Filters & string, SQLiteColumn | SQL | Condition>>;
  /** Makes an expression for the number of rows without filters, if it is kept somewhere. */
  readonly total?: (project_id: SQL | undefined) => SQL<number>;
  /** Makes the bound of a page by its bytes, if rows can be long. */
  readonly long?: (visible: SQL | undefined) => LongRows;
}

/** Makes the condition of a filter from its value. */
type Condition = (value: SQL) => SQL;

/** The clauses of a query that reads one range of a list. */
interface Range {
  readonly where: SQL | undefined;
  /** The order, with the limits. */
  readonly order: SQL;
}

/** The values of a page's statements. */
type Values<Filters> = Filters & {
  readonly project: string | undefined;
  readonly marker: string | undefined;
  readonly limit: number;
  /** Undefined for none after the marker. */
  readonly offset: number | undefined;
  /** The bytes after which the page ends. */
  readonly bytes: number;
};

/**
 * Makes the function that reads pages of a list, each in one round trip.
 *
 * @param rangeQuery makes the query that reads one range
 * @returns reads a page: its rows, and their number on all pages if `counted`; or undefined if the list does not
 *   contain the marker
 * @example
 * const readPage = keysetPages(list, ({ where, order }) =>
 *   queryBuilder.select().from(volumes).where(where).orderBy(order));
 * const page = await readPage(db, scope, filters, { limit: 50, offset: 0, marker: undefined, sort: [] });
 */
export function keysetPages<
  Filters extends object,
  Row extends { readonly id: string; readonly bytes?: number },
>(list: List<Filters>, rangeQuery: (range: Range) => Query & RunnableQuery<Row[], "sqlite">) {
  type PageParams = Params<Values<Filters>>;
  const firstPage = prepareBatch((params: PageParams, sort: readonly Sort[], counted: boolean) => ({
    rows: rangeQuery(
      rangeOf(
        list,
        params,
        and(isVisible(list, params), ...filterConditions(list, params)),
        termsOf(list, sort),
        params.param("offset"),
      ),
    ),
    count: counted ? countQuery(list, params) : undefined,
  }));
  const nextPage = prepareBatch((params: PageParams, sort: readonly Sort[], counted: boolean) => ({
    marker: queryBuilder.select({ seq: list.table.seq }).from(list.table).where(isMarker(list, params)),
    ranges: rangesAfterMarker(list, params, sort).map(rangeQuery),
    count: counted ? countQuery(list, params) : undefined,
  }));

  return async (
    db: Database,
    scope: Scope,
    filters: Filters,
    { limit, offset, marker, sort }: Page,
    counted = false,
  ): Promise<Listed<Row> | undefined> => {
    const rangeCount = marker === undefined ? 1 : termsOf(list, sort).length;
    const bytes = pageBytes(limit, rangeCount);
    const project = projectOf(scope);
    const values = { ...filters, project, marker, limit, bytes };
    const size = { project, maxBytes: maxPageBytes(limit, rangeCount, list.long !== undefined) };
    if (marker === undefined) {
      const { rows, count } = await db.read({ ...firstPage({ ...values, offset }, sort, counted), ...size });
      return { ...cutPage(rows, limit), count: count?.[0]?.count };
    }
    const {
      marker: found,
      ranges,
      count,
    } = await db.read({ ...nextPage({ ...values, offset: offset || undefined }, sort, counted), ...size });
    if (found.length === 0) return undefined;
    // The range with the most ties is the nearest to the marker, and was queried last.
    return { ...cutPage(ranges.reverse().flat(), limit, bytes), count: count?.[0]?.count };
  };
}

/**
 * Makes the ranges of an index that contain the rows after the marker: the rows that tie with the marker on all keys but
 * the last and follow it by the last, then those that tie on one key fewer, and so on. A single condition made of ORs
 * would make SQLite step over all rows before the marker.
 */
function rangesAfterMarker<Filters>(
  list: List<Filters>,
  params: Params<Values<Filters>>,
  sort: readonly Sort[],
): Range[] {
  const ofMarker = ({ by }: Term) => sql`(select ${by} from ${list.table} where ${isMarker(list, params)})`;
  const terms = termsOf(list, sort);
  const conditions = terms.map((term, i) => {
    const ties = terms.slice(0, i).map((tie) => sql`${tie.by} = ${ofMarker(tie)}`);
    const after = sql`${term.by} ${sql.raw(term.direction === "asc" ? ">" : "<")} ${ofMarker(term)}`;
    // Before the filters: of two bounds of a term SQLite searches by the first, and that of a filter is far away.
    return and(isVisible(list, params), ...ties, after, ...filterConditions(list, params));
  });
  const offset = params.optionalParam("offset");
  // Terms that tie are left out: SQLite would sort by them if they are expressions.
  return conditions.map((where, i) =>
    rangeOf(
      list,
      params,
      where,
      terms.slice(i),
      offset && leftOf(offset, list.table, conditions.slice(i + 1)),
    ),
  );
}

/** Makes the number of rows to skip that are left after those of other ranges. */
const leftOf = (offset: SQL, table: SQLiteTable, ranges: readonly (SQL | undefined)[]): SQL => {
  const counts = ranges.map(
    (where) => sql` - (select count(*) from (select 1 from ${table} where ${where} limit ${offset}))`,
  );
  return sql`max(0, ${offset}${sql.join(counts)})`;
};

function rangeOf<Filters>(
  list: List<Filters>,
  params: Params<Values<Filters>>,
  where: SQL | undefined,
  terms: readonly Term[],
  offset = sql`0`,
): Range {
  const range = { from: list.table, where, order: orderBy(terms), limit: params.param("limit"), offset };
  const long = list.long?.(isVisible(list, params));
  return { where, order: orderWithin(range, long, params.param("bytes")) };
}

/** The condition that a row is listed at all. */
const isVisible = <Filters>(
  { visible }: List<Filters>,
  { optionalParam }: Params<Values<Filters>>,
): SQL | undefined => visible(optionalParam("project"));

/** The condition that a row is the marker. */
const isMarker = <Filters>(list: List<Filters>, params: Params<Values<Filters>>): SQL | undefined =>
  and(eq(list.table.id, params.param("marker")), isVisible(list, params));

/** Makes the conditions of the filters that the batch is called with. */
function filterConditions<Filters>(
  { filters }: List<Filters>,
  { optionalParam }: Params<Values<Filters>>,
): SQL[] {
  return namesOf(filters).flatMap((name) => {
    const value = optionalParam(name);
    if (value === undefined) return [];
    const filter = filters[name];
    return [typeof filter === "function" ? filter(value) : sql`${filter} = ${value}`];
  });
}

/** Selects the number of rows on all pages. */
function countQuery<Filters>(list: List<Filters>, params: Params<Values<Filters>>) {
  const conditions = filterConditions(list, params);
  const total = conditions.length === 0 ? list.total?.(params.optionalParam("project")) : undefined;
  return total === undefined
    ? queryBuilder
        .select({ count: sql<number>`count(*)` })
        .from(list.table)
        .where(and(isVisible(list, params), ...conditions))
    : queryBuilder.select({ count: total }).from(sql`(select 1)`);
}

/** A page of a list. */
export interface Listed<Row> extends PageRows<Row> {
  /** The number of rows on all pages; undefined if the request does not ask for it. */
  readonly count: number | undefined;
}

function namesOf<Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] {
  const names: Name[] = [];
  for (const name in record) names.push(name);
  return names;
}

const orderBy = (terms: readonly Term[]): SQL[] =>
  terms.map(({ by, direction }) => (direction === "asc" ? asc(by) : desc(by)));

interface Term {
  readonly by: SQL | SQLiteColumn;
  readonly direction: Direction;
}

/** Returns the terms to order by: the requested keys, up to a unique one, which ends every order. */
function termsOf(
  { table, sortKeys }: Pick<List<never>, "table" | "sortKeys">,
  sort: readonly Sort[],
): Term[] {
  const terms: Term[] = [];
  for (const { key, direction } of sort) {
    const by = sortKeys[key];
    // A repeated key orders nothing more.
    if (terms.some((term) => term.by === by)) continue;
    if (by === "seq") return [...terms, { by: table.seq, direction }];
    if (by !== undefined && by !== "constant") terms.push({ by, direction });
  }
  return [...terms, { by: table.seq, direction: sort[0]?.direction ?? "desc" }];
}
