import { and, sql } from "drizzle-orm";
import { transfers } from "../db/schema/index.ts";
import { queryBuilder } from "../db/statements/batch.ts";
import { keysetPages, type SortKeys } from "../db/statements/keyset.ts";
import { inProject } from "../db/statements/scope.ts";
import { isOpen, type Transfer, transferColumns } from "./rows.sql.ts";

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

/**
 * Reads a page of the open transfers within the scope.
 *
 * @returns undefined if the marker is none of them
 */
export const readTransferPage = keysetPages<TransferFilters, Transfer>(
  {
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
  },
  ({ where, order }) => queryBuilder.select(transferColumns).from(transfers).where(where).orderBy(order),
);
