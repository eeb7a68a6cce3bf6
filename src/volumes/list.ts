import type { Listed } from "../db/statements/keyset.ts";
import { isAdmin, listScopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import { parseStrictBoolean } from "../http/fields.ts";
import { applicableFilters, takeWithCount } from "../http/list_filters.ts";
import type { Microversion } from "../http/microversions.ts";
import type { ListQuery } from "../http/pagination.ts";
import { parseVolumeFilters, VOLUME_FILTERS } from "./filters.ts";
import { readVolumePage } from "./list.sql.ts";
import type { Volume } from "./rows.sql.ts";

/**
 * Returns a page of the volumes of the caller's project, or, if an admin asks for `all_tenants`, of all projects (API
 * reference, "List volumes").
 *
 * @throws Fault 400 if an admin's `all_tenants` is not a boolean, or for a filter that Cinder rejects; 404 if the marker
 *   is not a volume that the caller may see
 */
export async function listVolumes(
  { db, identity, microversion }: RequestContext & { readonly microversion: Microversion },
  query: ListQuery,
): Promise<Listed<Volume>> {
  const { page } = query;
  const { counted, filters } = takeWithCount(query.filters, microversion);
  const admin = isAdmin(identity);
  // Cinder ignores the parameter of other users.
  if (admin) parseStrictBoolean("all_tenants", filters.all_tenants);
  const scope = listScopeOf(identity, filters.all_tenants);
  const applicable = applicableFilters(filters, VOLUME_FILTERS, microversion, admin);
  const parsed = parseVolumeFilters(applicable, { microversion, allProjects: scope === "all" });
  if (parsed === undefined) return { rows: [], more: false, count: counted ? 0 : undefined };
  if (page.limit === 0 && page.marker === undefined && !counted)
    return { rows: [], more: false, count: undefined };
  const volumes = await readVolumePage(db, scope, parsed, page, counted);
  if (volumes === undefined) throw notFound("Volume", page.marker ?? "");
  return volumes;
}
