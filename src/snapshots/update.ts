import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import { scopeOf } from "../identity/identity.ts";
import type { Snapshot } from "./rows.sql.ts";
import { type SnapshotChanges, updateStatements } from "./update.sql.ts";

/**
 * Updates a snapshot (API reference, "Update a snapshot", "Reset a snapshot's status").
 *
 * @returns the snapshot after the update
 * @throws Fault 404 if there is none that the caller may see
 */
export async function updateSnapshot(
  { db, identity }: RequestContext,
  id: string,
  changes: SnapshotChanges,
): Promise<Snapshot> {
  const {
    updated: [snapshot],
  } = await db.write(updateStatements(id, scopeOf(identity), changes));
  if (snapshot === undefined) throw notFound("Snapshot", id);
  return snapshot;
}
