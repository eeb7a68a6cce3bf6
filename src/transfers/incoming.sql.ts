import { and, eq, type SQL, sql } from "drizzle-orm";
import { snapshots, transfers, volumes, volumeTypes } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { keysetPages } from "../db/statements/keyset.ts";
import { moves } from "./attempt.sql.ts";
import { isOpen, transferColumns } from "./rows.sql.ts";

/** The filters of the incoming transfers; a filter that is left out matches all. */
export interface IncomingFilters {
  readonly volume_id?: string;
  readonly source_project_id?: string;
}

const ofSnapshots = (value: SQL) => sql<number>`(select ${value} from ${snapshots} where ${moves})`;

/** An open transfer that is for the caller's project, with what an accept would move. */
export type IncomingTransfer = ReturnType<typeof incoming>["_"]["result"][number];

const incoming = () =>
  queryBuilder
    .select({
      ...transferColumns,
      key_required: transfers.key_required,
      // Both tables have a `display_name`, and D1 returns rows as objects.
      volume_name: sql<string | null>`${volumes.display_name}`.as("volume_name"),
      volume_description: sql<string | null>`${volumes.display_description}`.as("volume_description"),
      volume_type: sql<string>`coalesce(${volumeTypes.name}, ${volumes.volume_type})`.as("type_name"),
      size: volumes.size,
      snapshots: ofSnapshots(sql`count(*)`).as("snapshots"),
      snapshot_gigabytes: ofSnapshots(sql`coalesce(sum(${snapshots.volume_size}), 0)`).as(
        "snapshot_gigabytes",
      ),
    })
    .from(transfers)
    .innerJoin(volumes, eq(volumes.id, transfers.volume_id))
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
    visible: (project_id) => and(project_id && eq(transfers.destination_project_id, project_id), isOpen),
    filters: { volume_id: transfers.volume_id, source_project_id: transfers.source_project_id },
  },
  ({ where, order }) => incoming().where(where).orderBy(order),
);
