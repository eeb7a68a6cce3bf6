import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { build, type Given, once, prepared } from "../db/batch.ts";
import type { Database } from "../db/database.ts";
import { pages, type SortKeys } from "../db/keyset.ts";
import { now, snapshots, sortableName, volumes } from "../db/schema.ts";
import { projectOf, type Scope, within } from "../db/scope.ts";
import { removeUsage } from "../quotas/usage.sql.ts";

export type Snapshot = typeof snapshots.$inferSelect;

/** What a list can be narrowed by; what is absent may be anything. */
export interface SnapshotFilters {
  readonly name?: string;
  readonly status?: string;
  readonly volume_id?: string;
  readonly project_id?: string;
}

/** The statuses in which a snapshot can be deleted. */
const DELETABLE = ["available", "error"];

const name = sortableName(snapshots.display_name);

export const SNAPSHOT_SORT_KEYS: SortKeys = {
  created_at: "seq",
  name,
  display_name: name,
  status: snapshots.status,
  volume_id: snapshots.volume_id,
  id: snapshots.id,
};

/** A condition: the snapshot of an id, if it is the project's; of any project where there is none. */
const visibleSnapshot = (id: string | SQL, project_id: string | SQL | undefined): SQL | undefined =>
  and(eq(snapshots.id, id), within(project_id, snapshots.project_id));

const show = prepared(({ value, optional }: Given<{ id: string; project_id: string | undefined }>) => [
  build
    .select()
    .from(snapshots)
    .where(visibleSnapshot(value("id"), optional("project_id"))),
]);

/** The snapshot of an id, if it is within the scope. */
export async function getSnapshot(db: Database, id: string, scope: Scope): Promise<Snapshot | undefined> {
  const [[snapshot]] = await db.read(show({ id, project_id: projectOf(scope) }));
  return snapshot;
}

/**
 * A page of the snapshots within the scope.
 *
 * @returns undefined where the page's marker is none of them
 */
export const listSnapshots = pages<SnapshotFilters, Snapshot>(
  {
    table: snapshots,
    visible: (project_id) => within(project_id, snapshots.project_id),
    sortKeys: SNAPSHOT_SORT_KEYS,
    filters: {
      name,
      status: snapshots.status,
      volume_id: snapshots.volume_id,
      project_id: snapshots.project_id,
    },
  },
  ({ where, order, limit, offset }) =>
    build
      .select()
      .from(snapshots)
      .where(where)
      .orderBy(...order)
      .limit(limit)
      .offset(offset),
);

/**
 * Changes what its owner says of a snapshot, or its status.
 *
 * @returns the snapshot, changed; undefined where there is none within the scope
 */
export async function updateSnapshot(
  db: Database,
  id: string,
  scope: Scope,
  changes: Partial<Pick<Snapshot, "display_name" | "display_description" | "status">>,
): Promise<Snapshot | undefined> {
  const [[snapshot]] = await db.write(
    once(
      build
        .update(snapshots)
        .set({ ...changes, updated_at: now })
        .where(visibleSnapshot(id, projectOf(scope)))
        .returning(),
    ),
  );
  return snapshot;
}

/**
 * Deletes a snapshot, and takes it off its project's usage, or does nothing at all.
 *
 * @returns whether it was deleted; undefined where there is no such snapshot within the scope
 */
export async function deleteSnapshot(db: Database, id: string, scope: Scope): Promise<boolean | undefined> {
  const snapshot = visibleSnapshot(id, projectOf(scope));
  const mayBeDeleted = and(snapshot, inArray(snapshots.status, DELETABLE));
  const [, deleted, remaining] = await db.write(
    once(
      removeUsage(snapshotUsage(mayBeDeleted).as("lost")),
      build.delete(snapshots).where(mayBeDeleted).returning({ id: snapshots.id }),
      build.select({ id: snapshots.id }).from(snapshots).where(snapshot),
    ),
  );
  if (deleted.length > 0) return true;
  return remaining.length > 0 ? false : undefined;
}

/** What snapshots add to the usage of their project. */
export const snapshotUsage = (which: SQL | undefined) =>
  build
    .select({
      project_id: sql<string>`${snapshots.project_id}`.as("usage_project"),
      volume_type: sql<string>`${volumes.volume_type}`.as("usage_type"),
      volumes: sql<number>`0`.as("usage_volumes"),
      gigabytes: sql<number>`${snapshots.volume_size}`.as("usage_gigabytes"),
      snapshots: sql<number>`1`.as("usage_snapshots"),
    })
    .from(snapshots)
    .innerJoin(volumes, eq(volumes.id, snapshots.volume_id))
    .where(which);
