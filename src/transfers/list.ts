import { listScopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import { parseBoolean } from "../http/fields.ts";
import type { ListQuery } from "../http/pagination.ts";
import { readTransferPage, type TransferFilters } from "./list.sql.ts";
import type { Transfer } from "./rows.sql.ts";

/**
 * Returns a page of the open transfers of the caller's project, or, if an admin asks for `all_tenants`, of all
 * projects (API reference, "List volume transfers").
 *
 * @throws Fault 404 if the marker is not a transfer that the caller may see
 */
export async function listTransfers(
  { db, identity }: RequestContext,
  { page, filters: { all_tenants, ...filters } }: ListQuery,
): Promise<readonly Transfer[]> {
  const scope = listScopeOf(identity, all_tenants);
  const parsed = parseFilters(scope === "all" ? filters : { ...filters, project_id: undefined });
  if (parsed === undefined || (page.limit === 0 && page.marker === undefined)) return [];
  const transfers = await readTransferPage(db, scope, parsed, page);
  if (transfers === undefined) throw notFound("Transfer", page.marker ?? "");
  return transfers.rows;
}

/** Returns the filters of a query, or undefined if nothing can match: an unknown filter matches nothing. */
function parseFilters(query: Readonly<Record<string, string | undefined>>): TransferFilters | undefined {
  let filters: TransferFilters = {};
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const filter = parseFilter(name, value);
    if (filter === undefined) return undefined;
    filters = { ...filters, ...filter };
  }
  return filters;
}

function parseFilter(name: string, value: string): TransferFilters | undefined {
  switch (name) {
    case "name":
    case "display_name":
      // In the table the empty name stands for no name, which no filter matches.
      return value === "" ? undefined : { display_name: value };
    case "id":
      return { id: value };
    case "volume_id":
      return { volume_id: value };
    case "project_id":
    case "source_project_id":
      return { source_project_id: value };
    case "no_snapshots":
      return { no_snapshots: parseBoolean(value) };
    case "accepted":
      return parseBoolean(value) ? undefined : {};
    default:
      return undefined;
  }
}
