import { CLOSED_STATUSES } from "../db/schema/index.ts";
import { cutPage, maxPageBytes, type PageRows } from "../db/statements/page_size.ts";
import { projectOf } from "../db/statements/scope.ts";
import { listScopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import type { ListQuery } from "../http/pagination.ts";
import type { TransferNotFound } from "./faults.ts";
import { type ClosedTransfer, historyStatements } from "./history.sql.ts";

/** The only sort key of the history. */
export const HISTORY_SORT_KEY = "closed_at";

/**
 * Returns a page of the closed transfers that the caller's project has created or accepted, or, if an admin asks for
 * `all_tenants`, of all projects.
 *
 * @returns the page; or that the marker is not a closed transfer that the caller may see
 */
export async function listHistory(
  { db, identity }: RequestContext,
  { page: { limit, offset, marker, sort }, filters: { all_tenants, volume_id, status } }: ListQuery,
): Promise<{ readonly kind: "listed"; readonly page: PageRows<ClosedTransfer> } | TransferNotFound> {
  const direction = sort[0]?.direction ?? "desc";
  const project_id = projectOf(listScopeOf(identity, all_tenants));
  const closedAs = CLOSED_STATUSES.find((each) => each === status);
  // As with every filter, an unknown value matches nothing.
  if (status !== undefined && closedAs === undefined)
    return { kind: "listed", page: { rows: [], more: false } };
  const values = { project_id, volume_id, marker, limit, offset };
  const { rows, marker: found } = await db.read({
    ...historyStatements(values, direction, closedAs),
    project: project_id,
    maxBytes: maxPageBytes(limit, 1, false),
  });
  if (marker !== undefined && found?.length === 0) return { kind: "transfer_not_found", id: marker };
  return { kind: "listed", page: cutPage(rows, limit) };
}
