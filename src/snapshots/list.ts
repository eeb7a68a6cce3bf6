import type { Listed } from "../db/statements/keyset.ts";
import { isAdmin, listScopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import { applicableFilters, takeWithCount } from "../http/list_filters.ts";
import type { Microversion } from "../http/microversions.ts";
import type { ListQuery } from "../http/pagination.ts";
import { parseSnapshotFilters, SNAPSHOT_FILTERS } from "./filters.ts";
import { readSnapshotPage } from "./list.sql.ts";
import type { Snapshot } from "./rows.sql.ts";

/**
 * Returns a page of the snapshots of the caller's project, or, if an admin asks for `all_tenants`, of all projects
 * (API reference, "List snapshots").
 *
 * @throws Fault 400 for a filter that Cinder rejects, 404 if the marker is not a snapshot that the caller may see
 */
export async function listSnapshots(
  { db, identity, microversion }: RequestContext & { readonly microversion: Microversion },
  query: ListQuery,
): Promise<Listed<Snapshot>> {
  const { page } = query;
  const { counted, filters } = takeWithCount(query.filters, microversion);
  const scope = listScopeOf(identity, filters.all_tenants);
  const applicable = applicableFilters(filters, SNAPSHOT_FILTERS, microversion, isAdmin(identity));
  const parsed = parseSnapshotFilters(applicable, scope === "all");
  if (parsed === undefined) return { rows: [], more: false, count: counted ? 0 : undefined };
  if (page.limit === 0 && page.marker === undefined && !counted)
    return { rows: [], more: false, count: undefined };
  const snapshots = await readSnapshotPage(db, scope, parsed, page, counted);
  if (snapshots === undefined) throw notFound("Snapshot", page.marker ?? "");
  return snapshots;
}
