import { and, eq, type SQL } from "drizzle-orm";
import type { Page } from "../../pagination.ts";
import type { Connection } from "../database.ts";
import { listPage, type SortKeys } from "../list.ts";
import { transfers } from "../schema.ts";
import { type Scope, within } from "../scope.ts";
import { isLive, liveTransfer, type Transfer, transferFields } from "./transfer.ts";

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

/** The live offer of an id, if it is within the scope. */
export async function getTransfer(db: Connection, id: string, scope: Scope): Promise<Transfer | undefined> {
  const [transfer] = await db.select(transferFields).from(transfers).where(liveTransfer(id, scope));
  return transfer;
}

/**
 * A page of the live offers within the scope.
 *
 * @returns undefined where the page's marker is none of them
 */
export function listTransfers(
  db: Connection,
  scope: Scope,
  filters: TransferFilters,
  page: Page,
): Promise<Transfer[] | undefined> {
  const visible = and(within(scope, transfers.source_project_id), isLive);
  const equal = (name: keyof TransferFilters): SQL | undefined =>
    filters[name] === undefined ? undefined : eq(transfers[name], filters[name]);
  const wanted = and(
    visible,
    equal("id"),
    equal("display_name"),
    equal("volume_id"),
    equal("source_project_id"),
    equal("no_snapshots"),
  );
  const list = { table: transfers, visible, sortKeys: TRANSFER_SORT_KEYS };
  return listPage(db, list, page, ({ after, order, limit, offset }) =>
    db
      .select(transferFields)
      .from(transfers)
      .where(and(wanted, after))
      .orderBy(...order)
      .limit(limit)
      .offset(offset),
  );
}
