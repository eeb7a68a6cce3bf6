import { and, eq, or, type SQL, sql } from "drizzle-orm";
import { type Params, prepareBatch, queryBuilder } from "../db/batch.ts";
import { selectRow } from "../db/insert.ts";
import { volumes } from "../db/schema.ts";
import { usableBy } from "../db/scope.ts";
import { DEFAULT_TYPE_KEY, volumeTypes } from "../db/type_tables.ts";
import { recordEvents, volumeEvent } from "../events/record.sql.ts";
import { type DefaultLimits, hasRoom, quotaReport } from "../quotas/room.sql.ts";
import { addUsage, usageColumns } from "../quotas/usage.sql.ts";
import { selectVolumes, type Volume, volumeWithId } from "./rows.sql.ts";

/** The values of a new volume; the metadata is JSON. */
type Values = Pick<
  Volume,
  "id" | "project_id" | "user_id" | "display_name" | "display_description" | "size"
> & {
  readonly metadata: string;
  /** The name or the id of the type; undefined for the default type. */
  readonly type: string | undefined;
  /** The project that must be allowed to use the type; undefined for an admin. */
  readonly type_project_id: string | undefined;
  /** Who causes the event; undefined if none is recorded. */
  readonly origin: string | undefined;
} & DefaultLimits;

/** Creates a volume and adds it to its project's usage, or changes nothing. */
export const createStatements = prepareBatch((params: Params<Values>) => {
  const { param } = params;
  const origin = params.optionalParam("origin");
  const type = typeKey(params);
  const row = {
    id: param("id"),
    project_id: param("project_id"),
    user_id: param("user_id"),
    display_name: param("display_name"),
    display_description: param("display_description"),
    size: param("size"),
    status: sql`'available'`,
    volume_type: type,
    metadata: param("metadata"),
  };
  const created = queryBuilder
    .select(
      usageColumns({
        project_id: sql`${volumes.project_id}`,
        volume_type: sql`${volumes.volume_type}`,
        volumes: sql`1`,
        gigabytes: sql`${volumes.size}`,
        snapshots: sql`0`,
      }),
    )
    .from(volumes)
    .where(eq(volumes.id, param("id")))
    .as("created");
  // Protects the quota.
  const room = hasRoom(params, param("project_id"), type, {
    volumes: 1,
    gigabytes: param("size"),
    snapshots: 0,
    volume_size: param("size"),
  });
  return {
    inserted: queryBuilder
      .insert(volumes)
      .select(selectRow(volumes, row, { where: and(sql`${type} is not null`, room) })),
    usageAdded: addUsage(created),
    recorded:
      origin &&
      recordEvents(volumeEvent(origin, { type: "volume.created", where: eq(volumes.id, param("id")) })),
    created: selectVolumes().where(volumeWithId(param("id"), undefined)),
    type: queryBuilder.select({ key: sql<string | null>`${type}`.as("type_key") }).from(sql`(select 1)`),
    quota: quotaReport(params, param("project_id"), type),
  };
});

/** Selects the key of the requested type, if the caller may use it; a type with the id comes before one with the name. */
function typeKey({ optionalParam }: Params<Values>): SQL {
  const type = optionalParam("type");
  if (type === undefined) return sql`${DEFAULT_TYPE_KEY}`;
  const usable = queryBuilder
    .select({ key: volumeTypes.key })
    .from(volumeTypes)
    .where(
      and(
        or(eq(volumeTypes.id, type), eq(volumeTypes.name, type)),
        usableBy(optionalParam("type_project_id")),
      ),
    )
    .orderBy(sql`${volumeTypes.id} = ${type} desc`)
    .limit(1);
  return sql`(${usable})`;
}
