import { asc, desc, type SQL, sql } from "drizzle-orm";
import type { RunnableQuery } from "drizzle-orm/runnable-query";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Direction, Page } from "../pagination.ts";
import type { Connection } from "./database.ts";

/**
 * What a list can be sorted by, by sort key: a column or expression; `"seq"`, the order of creation, which has no
 * ties; or `"constant"` for what is the same in all that is listed, and orders nothing.
 */
export type SortKeys = Readonly<Record<string, SQL | SQLiteColumn | "seq" | "constant">>;

/** A list: the table, and the condition under which a row of it can be seen at all. */
export interface List {
  readonly table: SQLiteTable & { readonly seq: SQLiteColumn; readonly id: SQLiteColumn };
  readonly visible: SQL | undefined;
  readonly sortKeys: SortKeys;
}

/** A part of a list, to put into a query. */
export interface Part {
  readonly after: SQL | undefined;
  readonly order: SQL[];
  readonly limit: number;
  readonly offset: number;
}

type Query<Row> = RunnableQuery<Row[], "sqlite"> & PromiseLike<Row[]>;

/**
 * A page of a list, in one round trip.
 *
 * What comes after the marker is asked for in parts, each one range of an index: rows that tie with the marker on
 * the first term and come later by the second, then those beyond it by the first. One condition made of ORs would
 * have SQLite step over everything before the marker.
 *
 * @param query makes the query of a part
 * @returns the rows, or undefined where the list has no such marker
 */
export async function listPage<Row>(
  db: Connection,
  list: List,
  page: Page,
  query: (part: Part) => Query<Row>,
): Promise<Row[] | undefined> {
  const terms = termsOf(list, page);
  const order = terms.map(({ by, direction }) => (direction === "asc" ? asc(by) : desc(by)));
  const { limit, offset, marker } = page;
  if (marker === undefined) return query({ after: undefined, order, limit, offset });

  const atMarker = sql`${list.table.id} = ${marker} and ${list.visible ?? sql`true`}`;
  const valueAtMarker = (by: Term["by"]) => sql`(select ${by} from ${list.table} where ${atMarker})`;
  const parts = terms.map((term, i) => {
    const ties = terms.slice(0, i).map(({ by }) => sql`${by} = ${valueAtMarker(by)}`);
    const beyond = sql`${term.by} ${sql.raw(term.direction === "asc" ? ">" : "<")} ${valueAtMarker(term.by)}`;
    const after = sql.join([...ties, beyond], sql` and `);
    // What ties is not ordered by what it ties on: SQLite would sort by it all the same, were it an expression.
    return query({ after, order: order.slice(i), limit: offset + limit, offset: 0 });
  });
  const [found, ...rows] = await db.batch([
    db.select({ seq: list.table.seq }).from(list.table).where(atMarker),
    ...parts,
  ]);
  // The part with the most ties comes first.
  return found.length === 0
    ? undefined
    : rows
        .reverse()
        .flat()
        .slice(offset, offset + limit);
}

interface Term {
  readonly by: SQL | SQLiteColumn;
  readonly direction: Direction;
}

/** What to order by: the keys asked for, up to one that has no ties, which ends every order. */
function termsOf({ table, sortKeys }: List, { sort }: Page): Term[] {
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
