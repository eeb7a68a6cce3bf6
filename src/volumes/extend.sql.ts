import { and, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import { now, volumes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { forbiddenType } from "../db/statements/volume_types.ts";
import { type DefaultLimits, quotaReport, usageIsWithin } from "../quotas/room.sql.ts";
import { addUsage, removeUsage, volumeUsage } from "../quotas/usage.sql.ts";
import { volumeWithId } from "./rows.sql.ts";

/** The values of an extension. */
interface Values extends DefaultLimits {
  readonly id: string;
  /** The project that the volume must belong to; undefined for an admin. */
  readonly project_id: string | undefined;
  /** GiB. */
  readonly new_size: number;
}

/**
 * Makes a volume larger and adds the difference to its project's usage, or changes nothing.
 *
 * `statuses` are those in which the volume may be.
 */
export const extendStatements = prepareBatch((params: Params<Values>, statuses: readonly string[]) => {
  const { param, optionalParam } = params;
  const volume = volumeWithId(param("id"), optionalParam("project_id"));
  const forbidden_type = forbiddenType(volumes.volume_type, optionalParam("project_id"));
  // Holds until the volume has the new size, so that the statements behind see whether it has.
  const mayGrow = and(
    volume,
    inArray(volumes.status, [...statuses]),
    lt(volumes.size, param("new_size")),
    // Protects a private type from a project that has lost access to it.
    isNull(forbidden_type),
  );
  const increase = queryBuilder
    .select(volumeUsage({ volumes: sql`0`, gigabytes: sql`${param("new_size")} - ${volumes.size}` }))
    .from(volumes)
    .where(mayGrow)
    .as("increase");
  const of = (column: typeof volumes.project_id | typeof volumes.volume_type) =>
    sql`(${queryBuilder
      .select({ column })
      .from(volumes)
      .where(eq(volumes.id, param("id")))})`;
  const [project, type] = [of(volumes.project_id), of(volumes.volume_type)];
  return {
    usageAdded: addUsage(increase),
    extended: queryBuilder
      .update(volumes)
      .set({ size: param("new_size"), updated_at: now })
      // Protects the quota. The usage contains the increase already: afterwards the old size is lost.
      .where(and(mayGrow, usageIsWithin(params, project, type, param("new_size"))))
      .returning({ id: volumes.id }),
    // A refused extension must leave the usage unchanged.
    usageRemoved: removeUsage(increase),
    volume: queryBuilder
      .select({
        status: volumes.status,
        size: volumes.size,
        forbidden_type: forbidden_type.as("forbidden_type"),
      })
      .from(volumes)
      .where(volume),
    quota: quotaReport(params, project, type),
  };
});
