import { and, inArray, not } from "drizzle-orm";
import { snapshots } from "../db/schema/index.ts";
import { batch, queryBuilder } from "../db/statements/batch.ts";
import { isInGroupSnapshot } from "../db/statements/groups.ts";
import { projectOf, type Scope } from "../db/statements/scope.ts";
import { removeUsage } from "../quotas/usage.sql.ts";
import { snapshotWithId, usageOfSnapshots } from "./rows.sql.ts";

/** The statuses in which a snapshot can be deleted. */
const DELETABLE = ["available", "error"];

/**
 * Deletes a snapshot and takes it from its project's usage, or changes nothing.
 *
 * @param force whether it is deleted in any status
 */
export function deleteStatements(id: string, scope: Scope, force: boolean) {
  const snapshot = snapshotWithId(id, projectOf(scope));
  const mayBeDeleted = and(
    snapshot,
    force ? undefined : inArray(snapshots.status, DELETABLE),
    // Protects the snapshot of a group.
    not(isInGroupSnapshot),
  );
  return batch({
    usageRemoved: removeUsage(usageOfSnapshots(mayBeDeleted)),
    deleted: queryBuilder.delete(snapshots).where(mayBeDeleted).returning({ id: snapshots.id }),
    remaining: queryBuilder.select({ id: snapshots.id }).from(snapshots).where(snapshot),
  });
}
