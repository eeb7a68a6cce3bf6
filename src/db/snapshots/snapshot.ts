import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Page } from "../../pagination.ts";
import type { Connection } from "../database.ts";
import { listPage, type SortKeys } from "../list.ts";
import { removeUsage } from "../quotas.ts";
import { now, snapshots, sortableName, volumes } from "../schema.ts";
import { type Scope, within } from "../scope.ts";

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

const visibleSnapshot = (id: string, scope: Scope): SQL | undefined =>
  and(eq(snapshots.id, id), within(scope, snapshots.project_id));

/** The snapshot of an id, if it is within the scope. */
export async function getSnapshot(db: Connection, id: string, scope: Scope): Promise<Snapshot | undefined> {
  const [snapshot] = await db.select().from(snapshots).where(visibleSnapshot(id, scope));
  return snapshot;
}

/**
 * A page of the snapshots within the scope.
 *
 * @returns undefined where the page's marker is none of them
 */
export function listSnapshots(
  db: Connection,
  scope: Scope,
  filters: SnapshotFilters,
  page: Page,
): Promise<Snapshot[] | undefined> {
  const visible = within(scope, snapshots.project_id);
  const wanted = and(
    visible,
    filters.name === undefined ? undefined : eq(name, filters.name),
    filters.status === undefined ? undefined : eq(snapshots.status, filters.status),
    filters.volume_id === undefined ? undefined : eq(snapshots.volume_id, filters.volume_id),
    filters.project_id === undefined ? undefined : eq(snapshots.project_id, filters.project_id),
  );
  const list = { table: snapshots, visible, sortKeys: SNAPSHOT_SORT_KEYS };
  return listPage(db, list, page, ({ after, order, limit, offset }) =>
    db
      .select()
      .from(snapshots)
      .where(and(wanted, after))
      .orderBy(...order)
      .limit(limit)
      .offset(offset),
  );
}

/**
 * Changes what its owner says of a snapshot, or its status.
 *
 * @returns the snapshot, changed; undefined where there is none within the scope
 */
export async function updateSnapshot(
  db: Connection,
  id: string,
  scope: Scope,
  changes: Partial<Pick<Snapshot, "display_name" | "display_description" | "status">>,
): Promise<Snapshot | undefined> {
  const [snapshot] = await db
    .update(snapshots)
    .set({ ...changes, updated_at: now })
    .where(visibleSnapshot(id, scope))
    .returning();
  return snapshot;
}

/**
 * Deletes a snapshot, and takes it off its project's usage, or does nothing at all.
 *
 * @returns whether it was deleted; undefined where there is no such snapshot within the scope
 */
export async function deleteSnapshot(db: Connection, id: string, scope: Scope): Promise<boolean | undefined> {
  const snapshot = visibleSnapshot(id, scope);
  const mayBeDeleted = and(snapshot, inArray(snapshots.status, DELETABLE));
  const lost = snapshotUsage(db, mayBeDeleted).as("lost");
  const [, deleted, remaining] = await db.batch([
    removeUsage(db, lost),
    db.delete(snapshots).where(mayBeDeleted).returning({ id: snapshots.id }),
    db.select({ id: snapshots.id }).from(snapshots).where(snapshot),
  ]);
  if (deleted.length > 0) return true;
  return remaining.length > 0 ? false : undefined;
}

/** What snapshots add to the usage of their project. */
export const snapshotUsage = (db: Connection, which: SQL | undefined) =>
  db
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
