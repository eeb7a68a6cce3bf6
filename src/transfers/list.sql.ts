import { and, eq, sql } from "drizzle-orm";
import { transfers, volumes } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { keysetPages, type List, type SortKeys } from "../db/statements/keyset.ts";
import { inProject } from "../db/statements/scope.ts";
import { followedColumns, isOpen, type Transfer, transferColumns } from "./rows.sql.ts";

/** The filters of a list; a filter that is left out matches all. */
export interface TransferFilters {
  readonly id?: string;
  readonly display_name?: string;
  readonly volume_id?: string;
  readonly source_project_id?: string;
  readonly no_snapshots?: boolean;
}

export const TRANSFER_SORT_KEYS: SortKeys = {
  created_at: "seq",
  id: transfers.id,
  display_name: transfers.display_name,
  volume_id: transfers.volume_id,
  source_project_id: transfers.source_project_id,
  no_snapshots: transfers.no_snapshots,
  destination_project_id: "constant",
  expires_at: sql`coalesce(${transfers.expires_at}, 0)`,
  accepted: "constant",
  updated_at: "constant",
  deleted: "constant",
  deleted_at: "constant",
};

const OPEN_TRANSFERS: List<TransferFilters> = {
  table: transfers,
  sortKeys: TRANSFER_SORT_KEYS,
  visible: (project_id) => and(inProject(project_id, transfers.source_project_id), isOpen),
  filters: {
    id: transfers.id,
    display_name: transfers.display_name,
    volume_id: transfers.volume_id,
    source_project_id: transfers.source_project_id,
    no_snapshots: transfers.no_snapshots,
  },
};

/**
 * Reads a page of the open transfers within the scope.
 *
 * @returns undefined if the marker is none of them
 */
export const readTransferPage = keysetPages<TransferFilters, Transfer>(OPEN_TRANSFERS, ({ where, order }) =>
  queryBuilder.select(transferColumns).from(transfers).where(where).orderBy(order),
);

/** An open transfer, with what its owner follows it with. */
export type FollowedTransfer = ReturnType<typeof followed>["_"]["result"][number];

const followed = () =>
  queryBuilder
    .select(followedColumns)
    .from(transfers)
    .innerJoin(volumes, eq(volumes.id, transfers.volume_id))
    .$dynamic();

/** Reads the same page with receipts. The indexes do not have them: this reads each transfer's row, and its volume's. */
export const readFollowedPage = keysetPages<TransferFilters, FollowedTransfer>(
  OPEN_TRANSFERS,
  ({ where, order }) => followed().where(where).orderBy(order),
);
