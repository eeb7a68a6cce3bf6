import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { type ClosedStatus, indexedStatus, transfers } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { selectValue } from "../db/statements/rows.ts";
import { isOpen } from "./rows.sql.ts";

/** The open transfers of each direction that are looked at: more than a page of a list shows. */
const NEWEST = 26;

/**
 * Reads what changes whenever a transfer that a project gives or gets is created, looked at or closed: the newest open
 * transfers of both directions, and the last one that was closed in each way. Each is a range of an index.
 */
export const versionStatements = prepareBatch(({ param }: Params<{ project_id: string }>) => {
  const project_id = param("project_id");
  const isClosedAs = (status: ClosedStatus) =>
    and(
      eq(transfers.source_project_id, project_id),
      sql`${indexedStatus} = ${sql.raw(`'${status}'`)}`,
      isClosed,
    );
  return {
    version: queryBuilder
      .select({
        given: selectValue(newest(transfers.source_project_id, project_id), "given"),
        received: selectValue(newest(transfers.destination_project_id, project_id), "received"),
        accepted: selectValue(lastClosed(isClosedAs("accepted")), "accepted"),
        // The declined ones are among them.
        deleted: selectValue(lastClosed(isClosedAs("deleted")), "deleted"),
        expired: selectValue(lastClosed(isClosedAs("expired")), "expired"),
        taken: selectValue(
          lastClosed(
            and(eq(transfers.destination_project_id, project_id), sql`${transfers.accepted} = 1`, isClosed),
          ),
          "taken",
        ),
      })
      .from(sql`(select 1)`),
  };
});

/** The same text as in the indexes: SQLite uses a partial index only if the query has its condition. */
const isClosed = sql`${transfers.deleted_at} is not null`;

function newest(direction: SQLiteColumn, project_id: SQL<string>): SQL<string | null> {
  const rows = queryBuilder
    .select({ seq: transfers.seq, looked: transfers.last_previewed_at })
    .from(transfers)
    .where(and(eq(direction, project_id), isOpen))
    .orderBy(desc(transfers.seq))
    .limit(NEWEST);
  return sql`(select group_concat("seq" || ':' || coalesce("last_previewed_at", '')) from ${rows})`;
}

function lastClosed(where: SQL | undefined): SQL<string | null> {
  const row = queryBuilder
    .select({ closed: sql`${transfers.deleted_at} || ':' || ${transfers.seq}` })
    .from(transfers)
    .where(where)
    .orderBy(desc(transfers.deleted_at), desc(transfers.seq))
    .limit(1);
  return sql`(${row})`;
}
