import { and, eq, type SQL, sql } from "drizzle-orm";
import { snapshots, transfers, volumes, volumeTypes } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { keysetPages } from "../db/statements/keyset.ts";
import { selectValue } from "../db/statements/rows.ts";
import { inProject } from "../db/statements/scope.ts";
import { moves, movingSnapshots } from "./attempt.sql.ts";
import { isOpen, transferColumns, volumeColumns } from "./rows.sql.ts";

/** The filters of the incoming transfers; a filter that is left out matches all. */
export interface IncomingFilters {
  readonly volume_id?: string | undefined;
  readonly source_project_id?: string | undefined;
}

/** Selects an aggregate over the snapshots that move with a transfer's volume: the service's own, or Cinder's. */
const ofSnapshots = ({ sql: aggregate, fieldAlias }: SQL.Aliased<number>, ofCinder: SQL) =>
  selectValue(
    sql<number>`case when ${transfers.volume} is null then (select ${aggregate} from ${snapshots} where ${moves})
      else (select ${ofCinder} from json_each(${transfers.volume}, '$.snapshots')) end`,
    fieldAlias,
  );

/** An open transfer that is for the caller's project, with what an accept would move. */
export type IncomingTransfer = ReturnType<typeof incoming>["_"]["result"][number];

const incoming = () =>
  queryBuilder
    .select({
      ...transferColumns,
      key_required: transfers.key_required,
      ...volumeColumns,
      snapshots: ofSnapshots(movingSnapshots.snapshots, sql`count(*)`),
      snapshot_gigabytes: ofSnapshots(
        movingSnapshots.snapshot_gigabytes,
        sql`coalesce(sum(value ->> 'size'), 0)`,
      ),
    })
    .from(transfers)
    .leftJoin(volumes, eq(volumes.id, transfers.volume_id))
    .leftJoin(volumeTypes, eq(volumeTypes.key, volumes.volume_type))
    .$dynamic();

/**
 * Reads a page of the open transfers that are for a project.
 *
 * @returns undefined if the marker is none of them
 */
export const readIncomingPage = keysetPages<IncomingFilters, IncomingTransfer>(
  {
    table: transfers,
    sortKeys: { created_at: "seq" },
    visible: (project_id) => and(inProject(project_id, transfers.destination_project_id), isOpen),
    filters: { volume_id: transfers.volume_id, source_project_id: transfers.source_project_id },
  },
  ({ where, order }) => incoming().where(where).orderBy(order),
);
