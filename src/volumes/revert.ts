import { str } from "../dialect/python_repr.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, Fault, notFound } from "../http/faults.ts";
import { revertStatements } from "./revert.sql.ts";

/**
 * Reverts a volume to its latest snapshot (API reference, "Revert volume to snapshot"). It is a record without data: it
 * is updated, and nothing else changes.
 *
 * @throws Fault 404 if there is no volume that the caller may see, 400 if the snapshot is not its latest or of another
 *   size, 409 if one of the two is not available
 */
export async function revertVolume(
  { db, identity }: RequestContext,
  id: string,
  snapshot_id: string | null,
): Promise<void> {
  const {
    reverted,
    seen: [seen],
  } = await db.write(revertStatements(id, scopeOf(identity), snapshot_id));
  if (reverted.length > 0) return;
  if (seen === undefined) throw notFound("Volume", id);
  if (seen.latest_id === null) throw badRequest(`Volume ${id} doesn't have any snapshots.`);
  if (seen.latest_id !== snapshot_id) {
    throw badRequest(
      `Specified snapshot ${str(snapshot_id, false)} is None or not the latest one of volume ${id}.`,
    );
  }
  const refusal = `Can't revert volume ${id} to its latest snapshot ${snapshot_id}.`;
  if (seen.latest_size !== seen.size) {
    throw badRequest(`${refusal} The volume size must be equal to the snapshot size.`);
  }
  const kind = seen.status === "available" ? "snapshot" : "volume";
  const name = kind === "volume" ? "Volume" : "Snapshot";
  throw new Fault(409, `Invalid ${kind}: ${refusal} ${name}'s status must be 'available'.`);
}
