import { getTableColumns } from "drizzle-orm";
import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { quotas, snapshots, transfers, volumes } from "../../../../src/db/schema/index.ts";

/** A query, with the names of its columns. */
interface NamedQuery {
  readonly sql: string;
  readonly columns: readonly string[];
}

function allOf(table: SQLiteTable, where = ""): NamedQuery {
  const columns = Object.values(getTableColumns(table)).map(({ name }) => name);
  const names = columns.map((name) => `"${name}"`).join();
  return { sql: `select ${names} from ${getTableConfig(table).name}${where}`, columns };
}

/** The queries of everything that the checker of the history needs, in the order of its `parseTables`. */
export const TABLES: readonly NamedQuery[] = [
  allOf(volumes),
  allOf(snapshots),
  allOf(transfers),
  allOf(quotas, " where volume_type = ''"),
  {
    sql: `select data ->> '$.transfer.id', origin ->> '$.request_id' from events
      where type = 'volume_transfer.rekeyed' order by seq`,
    columns: ["transfer_id", "request_id"],
  },
];

/** The events, in the order of their commits. */
export const EVENTS = "select seq from events order by seq";

/** The number of events that an endpoint has not received yet. */
export const UNDELIVERED = `select (select count(*) from events where seq > (select min(cursor) from event_endpoints))
  + (select count(*) from event_retries where dead_at is null)`;
