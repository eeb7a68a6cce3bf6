import { and, eq, inArray, ne, not, type SQL, sql } from "drizzle-orm";
import { now, snapshots, volumes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { isInGroup } from "../db/statements/groups.ts";
import { isEncrypted } from "../db/statements/volume_types.ts";
import { type DefaultLimits, hasRoom, quotaReport } from "../quotas/room.sql.ts";
import { addUsage, removeUsage, snapshotUsage, sumUsage, volumeUsage } from "../quotas/usage.sql.ts";
import { isMigrating, keyOfType, volumeWithId } from "./rows.sql.ts";

/** The values of a change of a volume's type. */
interface Values extends DefaultLimits {
  readonly id: string;
  /** The project that the volume must belong to, and that must be allowed to use the type; undefined for an admin. */
  readonly project_id: string | undefined;
  /** The name or the id of the new type. */
  readonly type: string;
}

/** The statuses in which the type of a volume can be changed. */
const STATUSES = ["available", "in-use"];
/** Selects the usage of a volume and of its snapshots, which can belong to several projects. */
function usageWithSnapshots(condition: SQL | undefined) {
  const each = queryBuilder
    .select(volumeUsage())
    .from(volumes)
    .where(condition)
    .unionAll(
      queryBuilder
        .select(snapshotUsage())
        .from(snapshots)
        .innerJoin(volumes, eq(volumes.id, snapshots.volume_id))
        .where(condition),
    )
    .as("each_usage");
  return sumUsage(each).as("moved_usage");
}

/** Changes the type of a volume, and moves its usage from the old type to the new one; or changes nothing. */
export const retypeStatements = prepareBatch((params: Params<Values>) => {
  const { param, optionalParam } = params;
  const volume = volumeWithId(param("id"), optionalParam("project_id"));
  // Holds before and after the change alike, so that usage that was removed is added again in any case.
  const movable = and(
    volume,
    // Protects a volume that something else works on, or that is offered.
    inArray(volumes.status, STATUSES),
    not(isMigrating),
    // Protects a group, whose volumes have the types of the group.
    not(isInGroup),
  );
  const type = keyOfType(param("type"), optionalParam("project_id"));
  const reencrypts = sql<number>`(${isEncrypted(type)} <> ${isEncrypted(volumes.volume_type)})`;
  const project = sql`(${queryBuilder
    .select({ project_id: volumes.project_id })
    .from(volumes)
    .where(eq(volumes.id, param("id")))})`;
  const ownSnapshots = (total: SQL) =>
    sql<number>`(${queryBuilder
      .select({ total })
      .from(snapshots)
      .where(and(eq(snapshots.volume_id, param("id")), eq(snapshots.project_id, project)))})`;
  const count = ownSnapshots(sql`count(*)`);
  const gigabytes = sql<number>`(${volumes.size}
    + ${ownSnapshots(sql`coalesce(sum(${snapshots.volume_size}), 0)`)})`;
  return {
    usageRemoved: removeUsage(usageWithSnapshots(movable)),
    retyped: queryBuilder
      .update(volumes)
      .set({
        volume_type: type,
        updated_at: now,
        // That of the type counts from now on.
        imported_fields: sql`json_remove(${volumes.imported_fields}, '$.multiattach')`,
      })
      .where(
        and(
          movable,
          // Also if there is no such type.
          ne(volumes.volume_type, type),
          // Protects the data, which the service cannot encrypt anew.
          sql`not ${reencrypts}`,
          // Protects the quota of the new type. The quota over all types has room: the volume is in it already.
          hasRoom(params, project, type, { volumes: 1, gigabytes, snapshots: count, volume_size: 0 }, "type"),
        ),
      )
      .returning({ id: volumes.id }),
    usageAdded: addUsage(usageWithSnapshots(movable)),
    // A refusal has changed nothing, so these are the values that the guards saw.
    seen: queryBuilder
      .select({
        movable: sql<number>`(${movable})`.as("seen_movable"),
        type: sql<string | null>`${type}`.as("seen_type"),
        old_type: volumes.volume_type,
        gigabytes: gigabytes.as("seen_gigabytes"),
        snapshots: count.as("seen_snapshots"),
      })
      .from(volumes)
      .where(volume),
    quota: quotaReport(params, project, type),
  };
});
