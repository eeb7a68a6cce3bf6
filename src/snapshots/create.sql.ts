import { and, eq, inArray, sql } from "drizzle-orm";
import type { DefaultQuota } from "../config.ts";
import { build, type Given, prepared } from "../db/batch.ts";
import type { Database } from "../db/database.ts";
import { now, snapshots, volumes } from "../db/schema.ts";
import { projectOf, type Scope, within } from "../db/scope.ts";
import {
  addUsage,
  type Defaults,
  defaultValues,
  hasRoom,
  type QuotaState,
  quotaState,
} from "../quotas/usage.sql.ts";
import { type Snapshot, snapshotUsage } from "./snapshot.sql.ts";

/** A snapshot to make: of the volume as it is, in the project of its maker. */
export type NewSnapshot = Pick<
  Snapshot,
  "id" | "volume_id" | "project_id" | "user_id" | "display_name" | "display_description" | "metadata"
>;

/** What was found where a snapshot could not be made. */
export interface NotMade {
  /** The volume, or undefined where there is none of that id within the scope. */
  readonly volume: { readonly status: string; readonly size: number } | undefined;
  /** The maker's quota, over all types and of the volume's. */
  readonly quota: readonly QuotaState[];
}

/** The metadata as it is stored, as JSON. */
type Values = Omit<NewSnapshot, "metadata"> & {
  readonly metadata: string;
  readonly owner: string | undefined;
} & Defaults;

const making = prepared((given: Given<Values>, statuses: readonly string[]) => {
  const { value, optional } = given;
  const volume = and(eq(volumes.id, value("volume_id")), within(optional("owner"), volumes.project_id));
  const type = sql`(select ${volumes.volume_type} from ${volumes} where ${volumes.id} = ${value("volume_id")})`;
  const row = {
    seq: sql<number>`null`.as("seq"),
    id: value("id").as("id"),
    volume_id: value("volume_id").as("volume_id"),
    project_id: value("project_id").as("project_id"),
    user_id: value("user_id").as("user_id"),
    display_name: value("display_name").as("display_name"),
    display_description: value("display_description").as("display_description"),
    volume_size: sql<number>`${volumes.size}`.as("volume_size"),
    status: sql<string>`'available'`.as("status"),
    metadata: sql`${value("metadata")}`.as("metadata"),
    created_at: now.as("created_at"),
    updated_at: sql<null>`null`.as("updated_at"),
  };
  const room = hasRoom(given, value("project_id"), type, {
    volumes: 0,
    gigabytes: sql`${volumes.size}`,
    snapshots: 1,
    volume_size: 0,
  });
  return [
    build
      .insert(snapshots)
      .select(
        build
          .select(row)
          .from(volumes)
          // An offered volume is not `available`: nothing is added to an offer once it is made.
          .where(and(volume, inArray(volumes.status, [...statuses]), room)),
      )
      .returning(),
    addUsage(snapshotUsage(eq(snapshots.id, value("id"))).as("made")),
    build.select({ status: volumes.status, size: volumes.size }).from(volumes).where(volume),
    quotaState(given, value("project_id"), type),
  ];
});

/**
 * Makes a snapshot and counts it in its project's usage, or does nothing at all.
 *
 * @param statuses the statuses in which the volume may be
 */
export async function createSnapshot(
  db: Database,
  scope: Scope,
  statuses: readonly string[],
  snapshot: NewSnapshot,
  defaults: DefaultQuota,
): Promise<{ readonly created: Snapshot } | { readonly refused: NotMade }> {
  const [[created], , [volume], quota] = await db.write(
    making(
      {
        ...snapshot,
        metadata: JSON.stringify(snapshot.metadata),
        owner: projectOf(scope),
        ...defaultValues(defaults),
      },
      statuses,
    ),
  );
  return created === undefined ? { refused: { volume, quota } } : { created };
}
