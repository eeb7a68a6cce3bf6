import { and, eq } from "drizzle-orm";
import { now, snapshots } from "../db/schema/index.ts";
import { batch, queryBuilder } from "../db/statements/batch.ts";
import { projectOf, type Scope } from "../db/statements/scope.ts";
import { type Snapshot, snapshotWithId } from "./rows.sql.ts";

/** The columns of a snapshot that updates and actions change. */
export type SnapshotChanges = Partial<
  Pick<Snapshot, "display_name" | "display_description" | "status" | "progress">
>;

/** Updates a snapshot within the scope, or changes nothing. */
export function updateStatements(id: string, scope: Scope, changes: SnapshotChanges, status?: string) {
  const snapshot = snapshotWithId(id, projectOf(scope));
  return batch({
    updated: queryBuilder
      .update(snapshots)
      .set({ ...changes, updated_at: now })
      // Protects a snapshot that is in another status than the one that is updated.
      .where(and(snapshot, status === undefined ? undefined : eq(snapshots.status, status)))
      .returning(),
    current: queryBuilder.select({ status: snapshots.status }).from(snapshots).where(snapshot),
  });
}
