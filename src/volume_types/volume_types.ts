import { DEFAULT_TYPE_KEY } from "../db/schema/index.ts";
import type { PageRows } from "../db/statements/page_size.ts";
import { projectOf } from "../db/statements/scope.ts";
import { isAdmin, scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, Fault, notFound } from "../http/faults.ts";
import type { Microversion } from "../http/microversions.ts";
import type { ListQuery } from "../http/pagination.ts";
import { deleteStatements, updateStatements, type VolumeTypeChanges } from "./change.sql.ts";
import { createStatements } from "./create.sql.ts";
import { parseVolumeTypeFilters } from "./filters.ts";
import { parseIsPublic } from "./is_public.ts";
import { readVolumeTypePage } from "./list.sql.ts";
import type { ExtraSpecs, VolumeType } from "./rows.sql.ts";
import { defaultStatements, showStatements } from "./show.sql.ts";

/**
 * Returns a page of the types that the caller may use (API reference, "List all volume types"). Admins alone can ask
 * for private types; as in Cinder, the filter `is_public` of others is ignored, whatever it is.
 *
 * @throws Fault 400 for a filter that Cinder rejects, 404 if the marker is not one of them
 */
export async function listVolumeTypes(
  { db, identity, microversion }: RequestContext & { readonly microversion: Microversion },
  { page, filters }: ListQuery,
): Promise<PageRows<VolumeType>> {
  const admin = isAdmin(identity);
  const parsed = parseVolumeTypeFilters(filters, microversion, admin);
  const is_public = admin ? parseIsPublic(filters.is_public) : true;
  if (parsed === undefined || (page.limit === 0 && page.marker === undefined))
    return { rows: [], more: false };
  const all = is_public !== true;
  const types = await readVolumeTypePage(
    db,
    all ? "all" : { project_id: identity.project_id },
    all && is_public === false ? { ...parsed, is_public: 0 } : parsed,
    page,
  );
  if (types === undefined) throw notFound("Volume type", page.marker ?? "");
  return types;
}

/**
 * Returns a type (API reference, "Show volume type detail").
 *
 * @throws Fault 404 if there is none that the caller may use
 */
export async function showVolumeType({ db, identity }: RequestContext, id: string): Promise<VolumeType> {
  // By id only: after a 404, clients that have a name request the list.
  const {
    type: [type],
  } = await db.read(showStatements({ id, project_id: projectOf(scopeOf(identity)) }));
  if (type === undefined) throw notFound("Volume type", id);
  return type;
}

/** Returns the type of volumes whose creator names none (API reference, "Show default volume type"). */
export async function showDefaultVolumeType({ db }: RequestContext): Promise<VolumeType> {
  const {
    type: [type],
  } = await db.read(defaultStatements({}));
  if (type === undefined) throw new Error("the default volume type is missing: run `npm run fsck`");
  return type;
}

const nameTaken = (name: string): Fault => new Fault(409, `Volume Type ${name} already exists.`);

/**
 * Creates a type (API reference, "Create a volume type").
 *
 * @throws Fault 409 if another type has the name
 */
export async function createVolumeType(
  { db }: RequestContext,
  input: Pick<VolumeType, "name" | "description" | "is_public"> & { readonly extra_specs: ExtraSpecs },
): Promise<VolumeType> {
  const {
    created: [created],
  } = await db.write(
    createStatements({
      ...input,
      id: crypto.randomUUID(),
      extra_specs: JSON.stringify(input.extra_specs),
    }),
  );
  if (created === undefined) throw nameTaken(input.name);
  return created;
}

/**
 * Updates a type (API reference, "Update a volume type").
 *
 * @throws Fault 404 if there is no such type, 409 if another type has the name
 */
export async function updateVolumeType(
  { db }: RequestContext,
  id: string,
  changes: VolumeTypeChanges,
): Promise<VolumeType> {
  const {
    updated: [updated],
    type: [type],
  } = await db.write(updateStatements(id, changes));
  if (updated !== undefined) return updated;
  if (type === undefined) throw notFound("Volume type", id);
  throw nameTaken(changes.name ?? "");
}

/**
 * Deletes a type (API reference, "Delete a volume type").
 *
 * @throws Fault 404 if there is no such type, 400 if it is the default or volumes of it exist
 */
export async function deleteVolumeType({ db }: RequestContext, id: string): Promise<void> {
  const {
    deleted,
    type: [type],
  } = await db.write(deleteStatements(id));
  if (deleted.length > 0) return;
  if (type === undefined) throw notFound("Volume type", id);
  if (type.key === DEFAULT_TYPE_KEY) {
    throw badRequest(`The volume type ${id} is a default volume type and cannot be deleted.`);
  }
  throw badRequest("Target volume type is still in use.");
}

/** Explains why a change of a type, which no volume may use, was refused: by a 404, or a 400. */
export function assertUnused(
  id: string,
  type: { readonly in_use: boolean } | undefined,
  message: string,
): void {
  if (type === undefined) throw notFound("Volume type", id);
  if (type.in_use) throw badRequest(message);
}
