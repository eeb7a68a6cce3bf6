import type { RequestContext } from "../http/context.ts";
import { badRequest, Fault, notFound } from "../http/faults.ts";
import { addAccessStatements, removeAccessStatements } from "./change.sql.ts";
import { accessStatements } from "./show.sql.ts";

/**
 * Returns the projects that may use a private type (API reference, "List private volume type access details").
 *
 * @throws Fault 404 if there is no such type, or it is public
 */
export async function listAccess({ db }: RequestContext, id: string): Promise<readonly string[]> {
  const {
    type: [type],
    projects,
  } = await db.read(accessStatements({ id }));
  if (type === undefined) throw notFound("Volume type", id);
  if (type.is_public) throw new Fault(404, "Access list not available for public volume types.");
  return projects.map(({ project_id }) => project_id);
}

/** Asserts that a type exists and is private. */
function assertPrivate(id: string, type: { readonly is_public: boolean } | undefined): void {
  if (type === undefined) throw notFound("Volume type", id);
  if (type.is_public) {
    throw badRequest(
      "Invalid volume type: Type access modification is not applicable to public volume type.",
    );
  }
}

/**
 * Lets a project use a private type (API reference, "Add private volume type access to project").
 *
 * @throws Fault 404 if there is no such type, 400 if it is public, 409 if the project may use it
 */
export async function addAccess({ db }: RequestContext, id: string, project_id: string): Promise<void> {
  const {
    changed,
    type: [type],
  } = await db.write(addAccessStatements(id, project_id));
  if (changed.length > 0) return;
  assertPrivate(id, type);
  throw new Fault(409, `Volume type access for ${id} / ${project_id} combination already exists.`);
}

/**
 * Ends a project's use of a private type (API reference, "Remove private volume type access from project").
 *
 * @throws Fault 404 if there is no such type or access, 400 if the type is public
 */
export async function removeAccess({ db }: RequestContext, id: string, project_id: string): Promise<void> {
  const {
    changed,
    type: [type],
  } = await db.write(removeAccessStatements(id, project_id));
  if (changed.length > 0) return;
  assertPrivate(id, type);
  throw new Fault(404, `Volume type access not found for ${id} / ${project_id} combination.`);
}
