import type { PageRows } from "../db/statements/page_size.ts";
import type { RequestContext } from "../http/context.ts";
import type { ListQuery } from "../http/pagination.ts";
import type { TransferNotFound } from "./faults.ts";
import { type IncomingTransfer, readIncomingPage } from "./incoming.sql.ts";

/**
 * Returns a page of the open transfers that are for the caller's project alone: those created with its
 * `destination_project_id`.
 *
 * @returns the page; or that the marker is none of them
 */
export async function listIncoming(
  { db, identity: { project_id } }: RequestContext,
  { page, filters: { volume_id, source_project_id } }: ListQuery,
): Promise<{ readonly kind: "listed"; readonly page: PageRows<IncomingTransfer> } | TransferNotFound> {
  const listed = await readIncomingPage(db, { project_id }, { volume_id, source_project_id }, page);
  if (listed === undefined) return { kind: "transfer_not_found", id: page.marker ?? "" };
  return { kind: "listed", page: listed };
}
