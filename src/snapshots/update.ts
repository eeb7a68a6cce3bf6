import { repr, str } from "../dialect/python_repr.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, invalid, notFound } from "../http/faults.ts";
import type { Snapshot } from "./rows.sql.ts";
import { isUpdatable, SNAPSHOT_STATUSES, updatableFrom } from "./statuses.ts";
import { type SnapshotChanges, updateStatements } from "./update.sql.ts";

/**
 * Updates a snapshot (API reference, "Update a snapshot").
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

/**
 * Sets the status of a snapshot to any (API reference, "Reset a snapshot's status").
 *
 * @throws Fault 400 for an unknown status, 404 if there is no such snapshot
 */
export async function resetSnapshotStatus(context: RequestContext, id: string, asked: string): Promise<void> {
  const status = asked.toLowerCase();
  if (!SNAPSHOT_STATUSES.includes(status)) {
    const valid = SNAPSHOT_STATUSES.map((each) => repr(each)).join(", ");
    throw badRequest(`Snapshot status: ${str(asked, false)} is invalid, valid statuses are: (${valid}).`);
  }
  await updateSnapshot(context, id, { status });
}

/**
 * Sets the status and the progress of a snapshot that is being created or deleted (API reference, "Update status of a
 * snapshot").
 *
 * @param progress a percentage, as Cinder writes it; an empty one changes nothing
 * @throws Fault 400 for a progress that is none or if the snapshot's status forbids the change, 404 if there is no such
 *   snapshot
 */
export async function updateSnapshotStatus(
  { db, identity }: RequestContext,
  id: string,
  status: string,
  progress = "",
): Promise<void> {
  if (progress !== "") checkProgress(progress);
  const changes = { status, ...(progress !== "" && { progress }) };
  // No snapshot has an empty status.
  const from = updatableFrom(status) ?? "";
  const {
    updated,
    current: [current],
  } = await db.write(updateStatements(id, scopeOf(identity), changes, from));
  if (updated.length > 0) return;
  if (current === undefined) throw notFound("Snapshot", id);
  if (!isUpdatable(current.status)) {
    throw badRequest(`Snapshot status ${current.status} not allowed for update_snapshot_status`);
  }
  throw badRequest(
    `Provided snapshot status ${str(status, false)} not allowed for snapshot with status ${current.status}.`,
  );
}

function checkProgress(progress: string): void {
  if (!/^[+-]?\d+.$/s.test(progress)) {
    throw invalid("input received", "progress must be an integer percentage");
  }
  if (!/^(100|\d{1,2})%$/.test(progress)) {
    throw invalid("input received", "progress must be an integer percentage between 0 and 100");
  }
}
