import { and, eq, getTableColumns, gt, min, ne, or, type SQL, sql } from "drizzle-orm";
import { events, isLong } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { orderWithin } from "../db/statements/page_size.ts";
import { selectValue } from "../db/statements/rows.ts";

/** A row of the outbox; the columns are described in `src/db/schema/events.ts`. */
export type EventRow = typeof events.$inferSelect;

interface Values {
  /** The project whose events are listed; undefined for all. */
  readonly project_id: string | undefined;
  /** The last event of the previous page; undefined for the first page. */
  readonly marker_seq: number | undefined;
  readonly marker_nonce: string | undefined;
  readonly type: string | undefined;
  readonly volume_id: string | undefined;
  readonly limit: number;
  /** The bytes after which the page ends. */
  readonly bytes: number;
}

const bytes = sql<number>`octet_length(${events.data})`;
/** The index contains the events of all projects: few are long. */
const LONG = {
  bytes,
  exist: sql`exists (select 1 from ${events} indexed by events_long where ${isLong(bytes)})`,
};

/**
 * Reads a page of the events of a project, or of all, the oldest first: at most `limit` rows of each range. A project
 * sees the events of the volumes that it owned, and those by which it got a volume, which are ranges of two indexes.
 *
 * @param withReceived whether to read the events by which the project got a volume
 */
export const listStatements = prepareBatch((params: Params<Values>, withReceived: boolean) => {
  const { optionalParam, param } = params;
  const project_id = optionalParam("project_id");
  const volume_id = optionalParam("volume_id");
  const type = optionalParam("type");
  const marker = optionalParam("marker_seq");
  const range = (of: SQL | undefined) => {
    const where = and(
      of,
      volume_id && eq(events.volume_id, volume_id),
      type && eq(events.type, type),
      marker && gt(events.seq, marker),
    );
    const limits = {
      from: events,
      where,
      order: [sql`${events.seq}`],
      limit: param("limit"),
      offset: sql`0`,
    };
    return queryBuilder
      .select({ ...getTableColumns(events), bytes: selectValue(bytes, "bytes") })
      .from(events)
      .where(where)
      .orderBy(orderWithin(limits, LONG, param("bytes")));
  };
  return {
    position: marker && positionQuery(params, marker),
    ranges: rangesOf(project_id, volume_id, withReceived).map(range),
  };
});

/** Returns the conditions of the ranges, which have no row in common. */
function rangesOf(
  project_id: SQL | undefined,
  volume_id: SQL | undefined,
  withReceived: boolean,
): (SQL | undefined)[] {
  if (project_id === undefined) return [undefined];
  // With a volume, the index of the volume serves; the unary plus keeps SQLite from the indexes of projects.
  if (volume_id !== undefined)
    return [
      sql`(+${events.source_project_id} = ${project_id} or +${events.destination_project_id} = ${project_id})`,
    ];
  const own = eq(events.source_project_id, project_id);
  if (!withReceived) return [own];
  return [own, and(eq(events.destination_project_id, project_id), ne(events.source_project_id, project_id))];
}

/** Selects whether the marker is an event of the list, and the oldest event that is kept. */
function positionQuery({ optionalParam, param }: Params<Values>, marker: SQL) {
  const project_id = optionalParam("project_id");
  const atMarker = and(
    eq(events.seq, marker),
    eq(events.nonce, param("marker_nonce")),
    project_id && or(eq(events.source_project_id, project_id), eq(events.destination_project_id, project_id)),
  );
  return queryBuilder
    .select({
      found: sql`exists (select 1 from ${events} where ${atMarker})`.mapWith(Boolean).as("found"),
      oldest: sql<number | null>`(select ${min(events.seq)} from ${events})`.as("oldest"),
    })
    .from(sql`(select 1)`);
}
