import type { Database } from "../db/engine/database.ts";
import type { Page } from "../db/statements/keyset.ts";
import type { PageRows } from "../db/statements/page_size.ts";
import type { Scope } from "../db/statements/scope.ts";
import { listScopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { parseBoolean } from "../http/fields.ts";
import { type ParseFilter, parseFilters } from "../http/list_filters.ts";
import type { ListQuery } from "../http/pagination.ts";
import type { TransferNotFound } from "./faults.ts";
import type { TransferFilters } from "./list.sql.ts";

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
  deleted: (value) => (parseBoolean(value) ? undefined : {}),
};

/** Reads a page of transfers; undefined if the marker is none of them. */
type ReadPage<Row> = (
  db: Database,
  scope: Scope,
  filters: TransferFilters,
  page: Page,
) => Promise<PageRows<Row> | undefined>;

/**
 * Returns a page of the open transfers of the caller's project, or, if an admin asks for `all_tenants`, of all
 * projects (API reference, "List volume transfers").
 *
 * @param readPage reads the columns that the response shows
 * @returns the page; or that the marker is not a transfer that the caller may see
 */
export async function listTransfers<Row>(
  { db, identity }: RequestContext,
  { page, filters: { all_tenants, project_id, ...query } }: ListQuery,
  readPage: ReadPage<Row>,
): Promise<{ readonly kind: "listed"; readonly page: PageRows<Row> } | TransferNotFound> {
  const scope = listScopeOf(identity, all_tenants);
  const asked = scope === "all" && project_id !== undefined ? { ...query, project_id } : query;
  const filters = parseFilters(PARSERS, asked, undefined, {});
  if (filters === undefined || (page.limit === 0 && page.marker === undefined)) {
    return { kind: "listed", page: { rows: [], more: false } };
  }
  const listed = await readPage(db, scope, filters, page);
  if (listed === undefined) return { kind: "transfer_not_found", id: page.marker ?? "" };
  return { kind: "listed", page: listed };
}
