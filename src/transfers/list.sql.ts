import { and } from "drizzle-orm";
import { build, type Given, prepared } from "../db/batch.ts";
import type { Database } from "../db/database.ts";
import { pages, type SortKeys } from "../db/keyset.ts";
import { transfers } from "../db/schema.ts";
import { projectOf, type Scope, within } from "../db/scope.ts";
import { isLive, liveTransfer, type Transfer, transferFields } from "./transfer.sql.ts";

/** What a list can be narrowed by; what is absent may be anything. */
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
  accepted: "constant",
  updated_at: "constant",
};

const show = prepared(({ value, optional }: Given<{ id: string; project_id: string | undefined }>) => [
  build
    .select(transferFields)
    .from(transfers)
    .where(liveTransfer(value("id"), optional("project_id"))),
]);

/** The live offer of an id, if it is within the scope. */
export async function getTransfer(db: Database, id: string, scope: Scope): Promise<Transfer | undefined> {
  const [[transfer]] = await db.read(show({ id, project_id: projectOf(scope) }));
  return transfer;
}

/**
 * A page of the live offers within the scope.
 *
 * @returns undefined where the page's marker is none of them
 */
export const listTransfers = pages<TransferFilters, Transfer>(
  {
    table: transfers,
    sortKeys: TRANSFER_SORT_KEYS,
    visible: (project_id) => and(within(project_id, transfers.source_project_id), isLive),
    filters: {
      id: transfers.id,
      display_name: transfers.display_name,
      volume_id: transfers.volume_id,
      source_project_id: transfers.source_project_id,
      no_snapshots: transfers.no_snapshots,
    },
  },
  ({ where, order, limit, offset }) =>
    build
      .select(transferFields)
      .from(transfers)
      .where(where)
      .orderBy(...order)
      .limit(limit)
      .offset(offset),
);
