import { batch, queryBuilder } from "../db/batch.ts";
import { now, snapshots } from "../db/schema.ts";
import { projectOf, type Scope } from "../db/scope.ts";
import { type Snapshot, snapshotWithId } from "./rows.sql.ts";

/** The columns of a snapshot that updates and admin actions change. */
export type SnapshotChanges = Partial<Pick<Snapshot, "display_name" | "display_description" | "status">>;

/** Updates a snapshot within the scope. */
export const updateStatements = (id: string, scope: Scope, changes: SnapshotChanges) =>
  batch({
    updated: queryBuilder
      .update(snapshots)
      .set({ ...changes, updated_at: now })
      .where(snapshotWithId(id, projectOf(scope)))
      .returning(),
  });
