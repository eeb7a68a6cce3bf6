import { isAdmin } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, Fault, notFound } from "../http/faults.ts";
import { addExtraSpecsStatements, removeExtraSpecStatements } from "./change.sql.ts";
import type { ExtraSpecs } from "./rows.sql.ts";
import { visibleExtraSpecs } from "./views.ts";
import { assertUnused, showVolumeType } from "./volume_types.ts";

const IN_USE = "Volume Type is currently in use.";

const extraSpecNotFound = (id: string, key: string): Fault =>
  new Fault(404, `Volume Type ${id} has no extra specs with key ${key}.`);

/**
 * Returns the extra specs of a type that the caller may see (API reference, "Show all extra specifications for volume
 * type").
 *
 * @throws Fault 404 if there is no such type
 */
export async function showExtraSpecs(context: RequestContext, id: string): Promise<ExtraSpecs> {
  const { extra_specs } = await showVolumeType(context, id);
  return visibleExtraSpecs(extra_specs, isAdmin(context.identity));
}

/**
 * Returns one extra spec of a type (API reference, "Show extra specification for volume type").
 *
 * @throws Fault 404 if there is no such type or extra spec
 */
export async function showExtraSpec(
  context: RequestContext,
  id: string,
  key: string,
): Promise<string | null> {
  const specs = await showExtraSpecs(context, id);
  const value = Object.hasOwn(specs, key) ? specs[key] : undefined;
  if (value === undefined) throw extraSpecNotFound(id, key);
  return value;
}

/**
 * Adds extra specs to a type (API reference, "Create or update extra specs for volume type").
 *
 * @throws Fault 404 if there is no such type, 400 if volumes of it exist
 */
export async function addExtraSpecs({ db }: RequestContext, id: string, specs: ExtraSpecs): Promise<void> {
  const {
    changed,
    type: [type],
  } = await db.write(addExtraSpecsStatements(id, specs));
  if (changed.length > 0) return;
  throw type === undefined ? notFound("Volume type", id) : badRequest(IN_USE);
}

/**
 * Removes an extra spec of a type (API reference, "Delete extra specification for volume type").
 *
 * @throws Fault 404 if there is no such type or extra spec, 400 if volumes of the type exist
 */
export async function deleteExtraSpec({ db }: RequestContext, id: string, key: string): Promise<void> {
  const {
    changed,
    type: [type],
  } = await db.write(removeExtraSpecStatements(id, key));
  if (changed.length > 0) return;
  assertUnused(id, type, IN_USE);
  throw extraSpecNotFound(id, key);
}
