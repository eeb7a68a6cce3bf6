import { eventOrigin } from "../events/origin.ts";
import type { RequestContext } from "../http/context.ts";
import { invalid, notFound } from "../http/faults.ts";
import { scopeOf } from "../identity/identity.ts";
import { deleteStatements } from "./delete.sql.ts";

/**
 * Deletes a volume (API reference, "Delete a volume").
 *
 * @param cascade whether its snapshots are deleted too
 * @throws Fault 404 if there is no such volume, 400 if it is in use, offered, or has snapshots
 */
export async function deleteVolume(context: RequestContext, id: string, cascade: boolean): Promise<void> {
  const { db, identity } = context;
  const { deleted, remaining } = await db.write(
    deleteStatements(id, scopeOf(identity), cascade, eventOrigin(context)),
  );
  if (deleted.length > 0) return;
  if (remaining.length === 0) throw notFound("Volume", id);
  throw invalid(
    "volume",
    "Volume status must be available or error or error_restoring or error_extending or error_managing and " +
      "must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be " +
      "disassociated from snapshots after volume transfer.",
  );
}
