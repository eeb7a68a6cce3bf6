import { and, asc, desc, eq, ne, type SQL, sql } from "drizzle-orm";
import {
  CLOSED_STATUSES,
  type ClosedStatus,
  indexedStatus,
  isDeclined,
  transfers,
} from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import type { Direction } from "../db/statements/keyset.ts";
import { receiptColumns } from "./rows.sql.ts";

interface Values {
  /** The project that created the transfers, or accepted them; undefined for all. */
  readonly project_id: string | undefined;
  readonly volume_id: string | undefined;
  /** The id of the last transfer of the previous page; undefined for the first page. */
  readonly marker: string | undefined;
  /** The rows to read of each range. */
  readonly end: number;
}

/** The same text as in the indexes: SQLite uses a partial index only if the query has its condition. */
const isClosed = sql`${transfers.deleted_at} is not null`;
const isAccepted = sql`${transfers.accepted} = 1`;

/** A closed transfer; the columns are described in `src/db/schema/transfers.ts`. */
export type ClosedTransfer = ReturnType<typeof rangeQuery>["_"]["result"][number];

/**
 * Reads a page of closed transfers, in the order in which they were closed. A project sees those that it created, which
 * are a range of an index for each status, and those that it accepted, which are a range of another one.
 */
export const historyStatements = prepareBatch(
  (params: Params<Values>, direction: Direction, status: ClosedStatus | undefined) => {
    const ranges = rangesOf(params, status).map(({ where, order }) =>
      rangeQuery(and(where, afterMarker(params, order, direction)))
        .orderBy(...order.map((column) => (direction === "asc" ? asc(column) : desc(column))))
        .limit(params.numberParam("end")),
    );
    return { marker: markerQuery(params), ranges };
  },
);

const rangeQuery = (where: SQL | undefined) =>
  queryBuilder
    .select({
      seq: transfers.seq,
      id: transfers.id,
      volume_id: transfers.volume_id,
      display_name: transfers.display_name,
      no_snapshots: transfers.no_snapshots,
      source_project_id: transfers.source_project_id,
      destination_project_id: transfers.destination_project_id,
      created_at: transfers.created_at,
      closed_at: sql<number>`${transfers.deleted_at}`.as("closed_at"),
      status: sql<ClosedStatus>`case when ${isDeclined} then 'declined' else ${indexedStatus} end`.as(
        "status",
      ),
      replaced: sql<number>`${transfers.ended_as} is 'replaced'`.as("replaced"),
      decline_reason: transfers.decline_reason,
      ...receiptColumns,
    })
    .from(transfers)
    .where(where);

type Order = readonly (typeof transfers.deleted_at | typeof transfers.seq)[];

/** Returns the ranges to read, which have no row in common, and the order of their index. */
function rangesOf(
  { optionalParam }: Params<Values>,
  status: ClosedStatus | undefined,
): { where: SQL | undefined; order: Order }[] {
  const project_id = optionalParam("project_id");
  const volume_id = optionalParam("volume_id");
  const byTime = [transfers.deleted_at, transfers.seq];
  const isOf = (status: ClosedStatus) => {
    if (status === "declined") return isDeclined;
    const indexed = sql`${indexedStatus} = ${sql.raw(`'${status}'`)}`;
    return status === "deleted" ? sql`${indexed} and (${isDeclined}) is not true` : indexed;
  };
  if (volume_id !== undefined) {
    // The transfers of a volume do not overlap: they are closed in the order of their creation.
    const where = and(
      eq(transfers.volume_id, volume_id),
      isClosed,
      visibleTo(project_id),
      status && isOf(status),
    );
    return [{ where, order: [transfers.seq] }];
  }
  if (project_id === undefined) return [{ where: and(isClosed, status && isOf(status)), order: byTime }];
  const statuses = status === undefined ? CLOSED_STATUSES : [status];
  const created = statuses.map((each) =>
    and(eq(transfers.source_project_id, project_id), isOf(each), isClosed),
  );
  const received = and(
    eq(transfers.destination_project_id, project_id),
    isAccepted,
    isClosed,
    ne(transfers.source_project_id, project_id),
  );
  const ranges = statuses.includes("accepted") ? [...created, received] : created;
  return ranges.map((where) => ({ where, order: byTime }));
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
  const columns = sql.join([...order], sql`, `);
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
