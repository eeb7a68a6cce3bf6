import { and, eq, ne, type SQL, sql } from "drizzle-orm";
import { type ClosedStatus, indexedStatus, isDeclined, transfers } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import type { Direction } from "../db/statements/keyset.ts";
import { selectValue } from "../db/statements/rows.ts";
import { receiptColumns } from "./rows.sql.ts";

interface Values {
  /** The project that created the transfers, or accepted them; undefined for all. */
  readonly project_id: string | undefined;
  readonly volume_id: string | undefined;
  /** The id of the last transfer of the previous page; undefined for the first page. */
  readonly marker: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** The same text as in the indexes: SQLite uses a partial index only if the query has its condition. */
const isClosed = sql`${transfers.deleted_at} is not null`;
const isAccepted = sql`${transfers.accepted} = 1`;

/** The values of `indexedStatus`. Declined transfers are among the deleted ones. */
const INDEXED_STATUSES = ["accepted", "deleted", "expired"] as const;
const isIndexedAs = (status: ClosedStatus): SQL => sql`${indexedStatus} = ${sql.raw(`'${status}'`)}`;

/** A closed transfer; the columns are described in `src/db/schema/transfers.ts`. */
export type ClosedTransfer = ReturnType<typeof rangeQuery>["_"]["result"][number];

/**
 * Reads a page of closed transfers, in the order in which they were closed. A project sees those that it created, which
 * are a range of an index for each status, and those that it accepted, which are a range of another one.
 */
export const historyStatements = prepareBatch(
  (params: Params<Values>, direction: Direction, status: ClosedStatus | undefined) => {
    const {
      ranges: [first, ...others],
      order,
    } = rangesOf(params, status);
    const after = afterMarker(params, order, direction);
    // SQLite merges the ranges, each in the order of its index, and reads no further than the page.
    const merged = others.reduce(
      (query, where) => query.unionAll(rangeQuery(and(where, after))),
      rangeQuery(and(first, after)).$dynamic(),
    );
    const rows = merged
      .orderBy(...order.map((column) => sql.raw(`"${column}" ${direction}`)))
      .limit(params.numberParam("limit"))
      .offset(params.numberParam("offset"));
    return { marker: markerQuery(params), rows };
  },
);

const rangeQuery = (where: SQL | undefined) =>
  queryBuilder
    .select({
      seq: transfers.seq,
      id: transfers.id,
      volume_id: transfers.volume_id,
      volume_name: transfers.volume_name,
      display_name: transfers.display_name,
      no_snapshots: transfers.no_snapshots,
      source_project_id: transfers.source_project_id,
      destination_project_id: transfers.destination_project_id,
      created_at: transfers.created_at,
      closed_at: selectValue(sql<number>`${transfers.deleted_at}`, "closed_at"),
      status: selectValue(
        sql<ClosedStatus>`case when ${isDeclined} then 'declined' else ${indexedStatus} end`,
        "status",
      ),
      replaced: selectValue(sql<number>`${transfers.ended_as} is 'replaced'`, "replaced"),
      decline_reason: transfers.decline_reason,
      ...receiptColumns,
    })
    .from(transfers)
    .where(where);

/** The selected columns to order by. */
type Order = readonly ("closed_at" | "seq")[];

/** Returns the ranges to read, which have no row in common, and the order of their indexes. */
function rangesOf(
  { optionalParam }: Params<Values>,
  status: ClosedStatus | undefined,
): { readonly ranges: readonly [SQL | undefined, ...(SQL | undefined)[]]; readonly order: Order } {
  const project_id = optionalParam("project_id");
  const volume_id = optionalParam("volume_id");
  const byTime: Order = ["closed_at", "seq"];
  const isOf = (status: ClosedStatus) => {
    if (status === "declined") return isDeclined;
    return status === "deleted"
      ? sql`${isIndexedAs(status)} and (${isDeclined}) is not true`
      : isIndexedAs(status);
  };
  if (volume_id !== undefined) {
    // The transfers of a volume do not overlap: they are closed in the order of their creation.
    const where = and(
      eq(transfers.volume_id, volume_id),
      isClosed,
      visibleTo(project_id),
      status && isOf(status),
    );
    return { ranges: [where], order: ["seq"] };
  }
  if (project_id === undefined) return { ranges: [and(isClosed, status && isOf(status))], order: byTime };
  const created = (condition: SQL) => and(eq(transfers.source_project_id, project_id), condition, isClosed);
  const received = and(
    eq(transfers.destination_project_id, project_id),
    isAccepted,
    isClosed,
    ne(transfers.source_project_id, project_id),
  );
  if (status === undefined)
    return {
      ranges: [received, ...INDEXED_STATUSES.map((each) => created(isIndexedAs(each)))],
      order: byTime,
    };
  const own = created(isOf(status));
  return { ranges: status === "accepted" ? [own, received] : [own], order: byTime };
}

/** The condition that a project has created or accepted a transfer. The unary plus keeps SQLite from other indexes. */
const visibleTo = (project_id: SQL | undefined): SQL | undefined =>
  project_id &&
  sql`(+${transfers.source_project_id} = ${project_id}
    or (${isAccepted} and +${transfers.destination_project_id} = ${project_id}))`;

const isMarker = (marker: SQL): SQL => sql`${transfers.id} = ${marker} and ${isClosed}`;

function afterMarker({ optionalParam }: Params<Values>, order: Order, direction: Direction): SQL | undefined {
  const marker = optionalParam("marker");
  if (marker === undefined) return undefined;
  const columns = sql.join(
    order.map((column) => (column === "seq" ? transfers.seq : transfers.deleted_at)),
    sql`, `,
  );
  return sql`(${columns}) ${sql.raw(direction === "asc" ? ">" : "<")}
    (select ${columns} from ${transfers} where ${isMarker(marker)})`;
}

function markerQuery({ optionalParam }: Params<Values>) {
  const marker = optionalParam("marker");
  if (marker === undefined) return undefined;
  return queryBuilder
    .select({ id: transfers.id })
    .from(transfers)
    .where(and(isMarker(marker), visibleTo(optionalParam("project_id"))));
}
