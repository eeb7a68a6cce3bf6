import { and, eq, type SQL } from "drizzle-orm";
import { build, type Given, once, prepared } from "../db/batch.ts";
import type { Database } from "../db/database.ts";
import { pages, type SortKeys } from "../db/keyset.ts";
import { now, sortableName, volumes } from "../db/schema.ts";
import { projectOf, type Scope, within } from "../db/scope.ts";

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

/** A condition: the volume of an id, if it is the project's; of any project where there is none. */
const visibleVolume = (id: string | SQL, project_id: string | SQL | undefined): SQL | undefined =>
  and(eq(volumes.id, id), within(project_id, volumes.project_id));

const show = prepared(({ value, optional }: Given<{ id: string; project_id: string | undefined }>) => [
  build
    .select()
    .from(volumes)
    .where(visibleVolume(value("id"), optional("project_id"))),
]);

/** The volume of an id, if it is within the scope. */
export async function getVolume(db: Database, id: string, scope: Scope): Promise<Volume | undefined> {
  const [[volume]] = await db.read(show({ id, project_id: projectOf(scope) }));
  return volume;
}

/**
 * A page of the volumes within the scope.
 *
 * @returns undefined where the page's marker is none of them
 */
export const listVolumes = pages<VolumeFilters, Volume>(
  {
    table: volumes,
    visible: (project_id) => within(project_id, volumes.project_id),
    sortKeys: VOLUME_SORT_KEYS,
    filters: {
      name,
      status: volumes.status,
      size: volumes.size,
      project_id: volumes.project_id,
      user_id: volumes.user_id,
    },
  },
  ({ where, order, limit, offset }) =>
    build
      .select()
      .from(volumes)
      .where(where)
      .orderBy(...order)
      .limit(limit)
      .offset(offset),
);

/**
 * Changes what its owner says of a volume, or its status.
 *
 * @returns the volume, changed; undefined where there is none within the scope
 */
export async function updateVolume(
  db: Database,
  id: string,
  scope: Scope,
  changes: Partial<Pick<Volume, "display_name" | "display_description" | "metadata" | "status">>,
): Promise<Volume | undefined> {
  const [[volume]] = await db.write(
    once(
      build
        .update(volumes)
        .set({ ...changes, updated_at: now })
        .where(visibleVolume(id, projectOf(scope)))
        .returning(),
    ),
  );
  return volume;
}
