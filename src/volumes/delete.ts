import { eventOrigin } from "../events/origin.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, invalid, notFound } from "../http/faults.ts";
import { type Deletion, deleteStatements } from "./delete.sql.ts";

/**
 * Deletes a volume (API reference, "Delete a volume", "Force delete a volume", "Unmanage a volume"). It is a record: to
 * unmanage it deletes the record, too.
 *
 * @throws Fault 404 if there is no such volume, 400 if it is in use, offered, part of a group, or has snapshots
 */
export async function deleteVolume(
  context: RequestContext,
  id: string,
  how: Partial<Omit<Deletion, "origin">>,
): Promise<void> {
  const { db, identity } = context;
  const { cascade = false, force = false, unmanage = false } = how;
  const {
    deleted,
    remaining: [remaining],
  } = await db.write(
    deleteStatements(id, scopeOf(identity), { cascade, force, unmanage, origin: eventOrigin(context) }),
  );
  if (deleted.length > 0) return;
  if (remaining === undefined) throw notFound("Volume", id);
  if (unmanage && remaining.encrypted) throw badRequest("Unmanaging encrypted volumes is not supported.");
  if (remaining.deletable) throw invalid("volume", "Failed to update snapshot.");
  const status = force
    ? ""
    : "status must be available or error or error_restoring or error_extending or error_managing and";
  throw invalid(
    "volume",
    `Volume ${status} must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be ` +
      "disassociated from snapshots after volume transfer.",
  );
}
