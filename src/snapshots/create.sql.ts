import { and, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { snapshots, volumes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { selectRow } from "../db/statements/insert.ts";
import { inProject } from "../db/statements/scope.ts";
import { forbiddenType } from "../db/statements/volume_types.ts";
import { type DefaultLimits, hasRoom, quotaReport } from "../quotas/room.sql.ts";
import { addUsage } from "../quotas/usage.sql.ts";
import { type Snapshot, usageOfSnapshots } from "./rows.sql.ts";

/** The values of a new snapshot; the metadata is JSON. */
type Values = Pick<
  Snapshot,
  "id" | "volume_id" | "project_id" | "user_id" | "display_name" | "display_description"
> & {
  readonly metadata: string;
  /** The project that the volume must belong to; undefined for an admin. */
  readonly volume_project_id: string | undefined;
  /** For storage that exists: the reference as JSON. */
  readonly managed_reference?: string | undefined;
  /** The id of the snapshot that storage of this name would be of. */
  readonly named_id?: string | undefined;
} & DefaultLimits;

const evidence = ({ param }: Params<Values>) => ({
  created: queryBuilder
    .select()
    .from(snapshots)
    .where(eq(snapshots.id, param("id"))),
});

/**
 * Creates a snapshot and adds it to its project's usage, or changes nothing.
 *
 * `statuses` are those in which the volume may be.
 */
export const createStatements = prepareBatch((params: Params<Values>, statuses: readonly string[]) => {
  const { param, optionalParam } = params;
  const volume = and(
    eq(volumes.id, param("volume_id")),
    inProject(optionalParam("volume_project_id"), volumes.project_id),
  );
  const type = sql`(select ${volumes.volume_type} from ${volumes} where ${volumes.id} = ${param("volume_id")})`;
  const row = {
    id: param("id"),
    volume_id: param("volume_id"),
    project_id: param("project_id"),
    user_id: param("user_id"),
    display_name: param("display_name"),
    display_description: param("display_description"),
    volume_size: volumes.size,
    status: sql`'available'`,
    metadata: param("metadata"),
    managed_reference: sql`${optionalParam("managed_reference") ?? null}`,
  };
  const managed = managedAlready(params);
  const forbidden_type = forbiddenType(volumes.volume_type, optionalParam("volume_project_id"));
  // Protects the quota.
  const room = hasRoom(params, param("project_id"), type, {
    volumes: 0,
    gigabytes: sql`${volumes.size}`,
    snapshots: 1,
    volume_size: 0,
  });
  return {
    created: queryBuilder
      .insert(snapshots)
      .select(
        selectRow(snapshots, row, {
          from: volumes,
          // An offered volume is not `available`: nothing can be added to an open transfer.
          where: and(
            volume,
            inArray(volumes.status, [...statuses]),
            sql`not ${managed}`,
            // Protects a private type from a project that has lost access to it.
            isNull(forbidden_type),
            room,
          ),
        }),
      )
      .returning(),
    usageAdded: addUsage(usageOfSnapshots(eq(snapshots.id, param("id")))),
    // A refusal has changed nothing, so these are the values that the guards saw.
    volume: queryBuilder
      .select({
        status: volumes.status,
        size: volumes.size,
        managed: managed.as("seen_managed"),
        forbidden_type: forbidden_type.as("forbidden_type"),
      })
      .from(volumes)
      .where(volume),
    quota: quotaReport(params, param("project_id"), type),
  };
}, evidence);

/**
 * Makes the condition that a snapshot has the storage already: by the same reference and of the same volume, or because
 * the storage has the name that the volume service gives that of a snapshot. It protects storage from a second owner.
 */
function managedAlready({ param, optionalParam }: Params<Values>): SQL<number> {
  const reference = optionalParam("managed_reference");
  if (reference === undefined) return sql<number>`0`;
  const named_id = optionalParam("named_id");
  const named = named_id && sql`or exists (select 1 from ${snapshots} where ${snapshots.id} = ${named_id})`;
  return sql<number>`(exists (select 1 from ${snapshots} where ${snapshots.volume_id} = ${param("volume_id")}
    and ${snapshots.managed_reference} = ${reference}) ${named})`;
}
