import { and, eq, type SQL, sql } from "drizzle-orm";
import { snapshots, volumes } from "../db/schema/index.ts";
import { type Params, queryBuilder } from "../db/statements/batch.ts";
import { inProject } from "../db/statements/scope.ts";

/** The source of a new volume: another volume or a snapshot, whose size, type and zone it gets. */
export interface SourceValues {
  /** The id of the volume or snapshot; undefined for an empty volume. At most one of the two is given. */
  readonly source_volid?: string | undefined;
  readonly snapshot_id?: string | undefined;
  /** The project that the source must belong to; undefined for an admin. */
  readonly source_project_id?: string | undefined;
}

/** The statuses in which a volume or snapshot can be a source. */
export const SOURCE_STATUSES = { volume: ["available", "in-use"], snapshot: ["available"] } as const;

/**
 * Makes expressions for the values that a new volume has from its source; they are null if the caller may not see the
 * source.
 *
 * @returns undefined for an empty volume
 */
export function sourceOf(params: Params<SourceValues>) {
  const source = sourceQuery(params)?.as("source");
  if (source === undefined) return undefined;
  const value = <T>(column: SQL.Aliased<T>): SQL<T | null> =>
    sql<T | null>`(select ${column} from ${source})`;
  const { status, size, type, zone, bootable } = source;
  return {
    status: value(status),
    size: value(size),
    type: value(type),
    zone: value(zone),
    bootable: value(bootable),
    statuses: SOURCE_STATUSES[params.optionalParam("source_volid") === undefined ? "snapshot" : "volume"],
  };
}

function sourceQuery({ optionalParam }: Params<SourceValues>) {
  const project_id = optionalParam("source_project_id");
  const columnsOf = ({ status, size }: { readonly status: SQL; readonly size: SQL }) => ({
    status: sql<string>`${status}`.as("source_status"),
    size: sql<number>`${size}`.as("source_size"),
    type: sql<string>`${volumes.volume_type}`.as("source_type"),
    zone: sql<string | null>`${volumes.availability_zone}`.as("source_zone"),
    bootable: sql<number>`${volumes.bootable}`.as("source_bootable"),
  });
  const volume_id = optionalParam("source_volid");
  if (volume_id !== undefined) {
    return queryBuilder
      .select(columnsOf({ status: sql`${volumes.status}`, size: sql`${volumes.size}` }))
      .from(volumes)
      .where(and(eq(volumes.id, volume_id), inProject(project_id, volumes.project_id)));
  }
  const snapshot_id = optionalParam("snapshot_id");
  if (snapshot_id === undefined) return undefined;
  return queryBuilder
    .select(columnsOf({ status: sql`${snapshots.status}`, size: sql`${snapshots.volume_size}` }))
    .from(snapshots)
    .innerJoin(volumes, eq(volumes.id, snapshots.volume_id))
    .where(and(eq(snapshots.id, snapshot_id), inProject(project_id, snapshots.project_id)));
}
