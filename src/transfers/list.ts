import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import { parseBoolean } from "../http/fields.ts";
import type { ListQuery } from "../http/pagination.ts";
import { listScopeOf } from "../identity/identity.ts";
import { listTransfers, type TransferFilters } from "./list.sql.ts";
import type { Transfer } from "./transfer.sql.ts";

/**
 * A page of the offers of the caller's project, or, for an admin who asks for `all_tenants`, of all (API
 * reference, "List volume transfers").
 *
 * @throws Fault 404 where the marker is no offer that the caller sees
 */
export async function listOffers(
  { db, identity }: RequestContext,
  { page, filters: { all_tenants, ...filters } }: ListQuery,
): Promise<readonly Transfer[]> {
  const scope = listScopeOf(identity, all_tenants);
  const wanted = transferFilters(scope === "all" ? filters : { ...filters, project_id: undefined });
  if (wanted === undefined || (page.limit === 0 && page.marker === undefined)) return [];
  const transfers = await listTransfers(db, scope, wanted, page);
  if (transfers === undefined) throw notFound("Transfer", page.marker ?? "");
  return transfers;
}

/** The filters of a query, or undefined where nothing can match: a name that is no filter matches nothing. */
function transferFilters(query: Readonly<Record<string, string | undefined>>): TransferFilters | undefined {
  let filters: TransferFilters = {};
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const filter = transferFilter(name, value);
    if (filter === undefined) return undefined;
    filters = { ...filters, ...filter };
  }
  return filters;
}

function transferFilter(name: string, value: string): TransferFilters | undefined {
  switch (name) {
    case "name":
    case "display_name":
      // No offer has the empty name: it is how the database writes that there is none.
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
