import { and, asc, desc, eq, type Placeholder, type SQL, sql } from "drizzle-orm";
import type { RunnableQuery } from "drizzle-orm/runnable-query";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { build, type Given, prepared, type Query } from "./batch.ts";
import type { Database } from "./database.ts";
import { projectOf, type Scope } from "./scope.ts";

export type Direction = "asc" | "desc";

/** One key of a sort order. */
export interface Sort {
  readonly key: string;
  readonly direction: Direction;
}

/** Which part of a list is asked for. */
export interface Page {
  /** At most as many items; 0 is none. */
  readonly limit: number;
  /** Items to pass over, after the marker. */
  readonly offset: number;
  /** The id of the last item of the page before. */
  readonly marker: string | undefined;
  readonly sort: readonly Sort[];
}

/**
 * What a list can be sorted by, by sort key: a column or expression; `"seq"`, the order of creation, which has no
 * ties; or `"constant"` for what is the same in all that is listed, and orders nothing.
 */
export type SortKeys = Readonly<Record<string, SQL | SQLiteColumn | "seq" | "constant">>;

/** A list. */
export interface List<Filters> {
  readonly table: SQLiteTable & { readonly seq: SQLiteColumn; readonly id: SQLiteColumn };
  /** The condition under which a row can be seen at all: by the project, or by all where there is none. */
  readonly visible: (project_id: SQL | undefined) => SQL | undefined;
  readonly sortKeys: SortKeys;
  /** What a list can be narrowed by: what must be equal to the value that is asked for. */
  readonly filters: Readonly<Record<keyof Filters & string, SQLiteColumn | SQL>>;
}

/** A part of a list, to put into a query. */
export interface Part {
  readonly where: SQL | undefined;
  readonly order: SQL[];
  readonly limit: Placeholder;
  readonly offset: Placeholder | 0;
}

/** What a page is asked for with. */
type Values<Filters> = Filters & {
  readonly project: string | undefined;
  readonly marker: string | undefined;
  readonly limit: number;
  readonly offset: number;
  /** Up to where a part is read: what `offset` passes over may be in any. */
  readonly end: number;
};

/**
 * A list, page by page, each in one round trip.
 *
 * What comes after the marker is asked for in parts, each one range of an index: rows that tie with the marker on
 * the first term and come later by the second, then those beyond it by the first. One condition made of ORs would
 * have SQLite step over everything before the marker.
 *
 * @param query makes the query of a part
 * @returns reads a page: its rows, or undefined where the list has no such marker
 */
export function pages<Filters extends object, Row>(
  list: List<Filters>,
  query: (part: Part) => Query & RunnableQuery<Row[], "sqlite">,
) {
  const { table, filters } = list;
  const wanted = ({ optional }: Given<Values<Filters>>) =>
    namesOf(filters).map((name) => {
      const value = optional(name);
      return value && sql`${filters[name]} = ${value}`;
    });
  const first = prepared((given: Given<Values<Filters>>, sort: readonly Sort[]) => {
    const where = and(list.visible(given.optional("project")), ...wanted(given));
    const order = orderOf(termsOf(list, sort));
    return [query({ where, order, limit: given.number("limit"), offset: given.number("offset") })];
  });
  const next = prepared((given: Given<Values<Filters>>, sort: readonly Sort[]) => {
    const { value, optional, number } = given;
    const visible = list.visible(optional("project"));
    const atMarker = and(eq(table.id, value("marker")), visible);
    const valueAtMarker = (by: Term["by"]) => sql`(select ${by} from ${table} where ${atMarker})`;
    const terms = termsOf(list, sort);
    const parts = terms.map((term, i) => {
      const ties = terms.slice(0, i).map(({ by }) => sql`${by} = ${valueAtMarker(by)}`);
      const beyond = sql`${term.by} ${sql.raw(term.direction === "asc" ? ">" : "<")} ${valueAtMarker(term.by)}`;
      return query({
        where: and(visible, ...wanted(given), ...ties, beyond),
        // What ties is not ordered by what it ties on: SQLite would sort by it all the same, were it an expression.
        order: orderOf(terms.slice(i)),
        limit: number("end"),
        offset: 0,
      });
    });
    return [build.select({ seq: table.seq }).from(table).where(atMarker), ...parts];
  });

  return async (db: Database, scope: Scope, filters: Filters, page: Page): Promise<Row[] | undefined> => {
    const { limit, offset, marker, sort } = page;
    const end = offset + limit;
    const values = { ...filters, project: projectOf(scope), marker, limit, offset, end };
    if (marker === undefined) return (await db.read(first(values, sort)))[0];
    const [found, ...rows] = await db.read(next(values, sort));
    // The part with the most ties comes first.
    return found.length === 0 ? undefined : rows.reverse().flat().slice(offset, end);
  };
}

const namesOf = <Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] => {
  const names: Name[] = [];
  for (const name in record) names.push(name);
  return names;
};

const orderOf = (terms: readonly Term[]): SQL[] =>
  terms.map(({ by, direction }) => (direction === "asc" ? asc(by) : desc(by)));

interface Term {
  readonly by: SQL | SQLiteColumn;
  readonly direction: Direction;
}

/** What to order by: the keys asked for, up to one that has no ties, which ends every order. */
function termsOf(
  { table, sortKeys }: Pick<List<never>, "table" | "sortKeys">,
  sort: readonly Sort[],
): Term[] {
  const terms: Term[] = [];
  for (const { key, direction } of sort) {
    const by = sortKeys[key];
    // A key that is named again orders nothing more.
    if (terms.some((term) => term.by === by)) continue;
    if (by === "seq") return [...terms, { by: table.seq, direction }];
    if (by !== undefined && by !== "constant") terms.push({ by, direction });
  }
  return [...terms, { by: table.seq, direction: sort[0]?.direction ?? "desc" }];
}
