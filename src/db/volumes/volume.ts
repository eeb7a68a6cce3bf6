import { and, eq, type SQL } from "drizzle-orm";
import type { Page } from "../../pagination.ts";
import type { Connection } from "../database.ts";
import { listPage, type SortKeys } from "../list.ts";
import { now, sortableName, volumes } from "../schema.ts";
import { type Scope, within } from "../scope.ts";

export type Volume = typeof volumes.$inferSelect;

/** What a list can be narrowed by; what is absent may be anything. */
export interface VolumeFilters {
  readonly name?: string;
  readonly status?: string;
  readonly size?: number;
  readonly project_id?: string;
  readonly user_id?: string;
}

const name = sortableName(volumes.display_name);

export const VOLUME_SORT_KEYS: SortKeys = {
  created_at: "seq",
  name,
  display_name: name,
  status: volumes.status,
  size: volumes.size,
  id: volumes.id,
  availability_zone: "constant",
  bootable: "constant",
};

/** The volume of an id, if it is within the scope. */
const visibleVolume = (id: string, scope: Scope): SQL | undefined =>
  and(eq(volumes.id, id), within(scope, volumes.project_id));

/** The volume of an id, if it is within the scope. */
export async function getVolume(db: Connection, id: string, scope: Scope): Promise<Volume | undefined> {
  const [volume] = await db.select().from(volumes).where(visibleVolume(id, scope));
  return volume;
}

/**
 * A page of the volumes within the scope.
 *
 * @returns undefined where the page's marker is none of them
 */
export function listVolumes(
  db: Connection,
  scope: Scope,
  filters: VolumeFilters,
  page: Page,
): Promise<Volume[] | undefined> {
  const visible = within(scope, volumes.project_id);
  const wanted = and(
    visible,
    filters.name === undefined ? undefined : eq(name, filters.name),
    filters.status === undefined ? undefined : eq(volumes.status, filters.status),
    filters.size === undefined ? undefined : eq(volumes.size, filters.size),
    filters.project_id === undefined ? undefined : eq(volumes.project_id, filters.project_id),
    filters.user_id === undefined ? undefined : eq(volumes.user_id, filters.user_id),
  );
  const list = { table: volumes, visible, sortKeys: VOLUME_SORT_KEYS };
  return listPage(db, list, page, ({ after, order, limit, offset }) =>
    db
      .select()
      .from(volumes)
      .where(and(wanted, after))
      .orderBy(...order)
      .limit(limit)
      .offset(offset),
  );
}

/**
 * Changes what its owner says of a volume, or its status.
 *
 * @returns the volume, changed; undefined where there is none within the scope
 */
export async function updateVolume(
  db: Connection,
  id: string,
  scope: Scope,
  changes: Partial<Pick<Volume, "display_name" | "display_description" | "metadata" | "status">>,
): Promise<Volume | undefined> {
  const [volume] = await db
    .update(volumes)
    .set({ ...changes, updated_at: now })
    .where(visibleVolume(id, scope))
    .returning();
  return volume;
}
