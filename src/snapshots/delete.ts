import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { invalid, notFound } from "../http/faults.ts";
import { deleteStatements } from "./delete.sql.ts";

/**
 * Deletes a snapshot (API reference, "Delete a snapshot").
 *
 * @param force whether it is deleted in any status
 * @throws Fault 404 if there is no such snapshot, 400 if its status forbids it or if it is part of a group's
 */
export async function deleteSnapshot(
  { db, identity }: RequestContext,
  id: string,
  force: boolean,
): Promise<void> {
  const { deleted, remaining } = await db.write(deleteStatements(id, scopeOf(identity), force));
  if (deleted.length > 0) return;
  if (remaining.length === 0) throw notFound("Snapshot", id);
  const status = force ? "" : "status must be available or error and";
  throw invalid("snapshot", `Snapshot ${status} must not be part of a group.`);
}
