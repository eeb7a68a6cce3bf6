import type { PageRows } from "../db/statements/page_size.ts";
import { listScopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { parseBoolean } from "../http/fields.ts";
import { type ParseFilter, parseFilters } from "../http/list_filters.ts";
import type { ListQuery } from "../http/pagination.ts";
import type { TransferNotFound } from "./faults.ts";
import { readTransferPage, type TransferFilters } from "./list.sql.ts";
import type { Transfer } from "./rows.sql.ts";

type Parser = ParseFilter<TransferFilters, undefined>;

// A transfer without a name has the empty name in the table, and no filter matches it.
const byName: Parser = (name) => (name === "" ? undefined : { display_name: name });
const bySource: Parser = (source_project_id) => ({ source_project_id });

const PARSERS: Readonly<Record<string, Parser>> = {
  name: byName,
  display_name: byName,
  id: (id) => ({ id }),
  volume_id: (volume_id) => ({ volume_id }),
  project_id: bySource,
  source_project_id: bySource,
  no_snapshots: (value) => ({ no_snapshots: parseBoolean(value) }),
  // No project has accepted an open transfer.
  accepted: (value) => (parseBoolean(value) ? undefined : {}),
};

/**
 * Returns a page of the open transfers of the caller's project, or, if an admin asks for `all_tenants`, of all
 * projects (API reference, "List volume transfers").
 *
 * @returns the page; or that the marker is not a transfer that the caller may see
 */
export async function listTransfers(
  { db, identity }: RequestContext,
  { page, filters: { all_tenants, project_id, ...query } }: ListQuery,
): Promise<{ readonly kind: "listed"; readonly page: PageRows<Transfer> } | TransferNotFound> {
  const scope = listScopeOf(identity, all_tenants);
  const asked = scope === "all" && project_id !== undefined ? { ...query, project_id } : query;
  const filters = parseFilters(PARSERS, asked, undefined, {});
  if (filters === undefined || (page.limit === 0 && page.marker === undefined)) {
    return { kind: "listed", page: { rows: [], more: false } };
  }
  const listed = await readTransferPage(db, scope, filters, page);
  if (listed === undefined) return { kind: "transfer_not_found", id: page.marker ?? "" };
  return { kind: "listed", page: listed };
}
