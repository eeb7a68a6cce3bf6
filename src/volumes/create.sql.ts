import { and, eq, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { DEFAULT_TYPE_KEY, volumeRates, volumes } from "../db/schema/index.ts";
import { type Params, prepareBatch, queryBuilder } from "../db/statements/batch.ts";
import { selectRow } from "../db/statements/insert.ts";
import { countCreated, isBelowRate } from "../db/statements/rates.ts";
import { forbiddenType, idOfType, isEncrypted } from "../db/statements/volume_types.ts";
import { recordEvents, volumeEvent } from "../events/record.sql.ts";
import { type DefaultLimits, hasRoom, quotaReport } from "../quotas/room.sql.ts";
import { addUsage, volumeUsage } from "../quotas/usage.sql.ts";
import { keyOfType, selectVolumes, type Volume, volumeWithId } from "./rows.sql.ts";
import { type SourceValues, sourceOf } from "./source.sql.ts";

/** The values of a new volume; the metadata is JSON. */
type Values = Pick<
  Volume,
  "id" | "project_id" | "user_id" | "display_name" | "display_description" | "availability_zone"
> & {
  readonly metadata: string;
  /** GiB; undefined for the size of the source. */
  readonly size: number | undefined;
  /** The name or the id of the type; undefined for the type of the source, or the default type. */
  readonly type: string | undefined;
  /** The project that must be allowed to use the type; undefined for an admin. */
  readonly type_project_id: string | undefined;
  /** Undefined for the value of the source. */
  readonly bootable?: boolean;
  /** For storage that exists: the host, and the reference as JSON. */
  readonly host?: string;
  readonly managed_reference?: string;
  /** The id of the volume that storage of this name would be of. */
  readonly named_id?: string | undefined;
  /** The number of volumes that a project may create in a minute; undefined for no limit. */
  readonly per_minute: number | undefined;
  /** Who causes the event; undefined if none is recorded. */
  readonly origin: string | undefined;
} & SourceValues &
  DefaultLimits;

const evidence = ({ param }: Params<Values>) => ({
  created: selectVolumes().where(volumeWithId(param("id"), undefined)),
});

/** Creates a volume and adds it to its project's usage, or changes nothing. */
export const createStatements = prepareBatch((params: Params<Values>) => {
  const { param, optionalParam } = params;
  const source = sourceOf(params);
  const named = optionalParam("type");
  const type =
    named === undefined
      ? (source?.type ?? sql`${DEFAULT_TYPE_KEY}`)
      : keyOfType(named, optionalParam("type_project_id"));
  const size = optionalParam("size") ?? source?.size ?? sql`null`;
  const row = {
    id: param("id"),
    project_id: param("project_id"),
    user_id: param("user_id"),
    display_name: param("display_name"),
    display_description: param("display_description"),
    size,
    status: sql`'available'`,
    volume_type: type,
    metadata: param("metadata"),
    bootable: optionalParam("bootable") ?? sql`coalesce(${source?.bootable ?? 0}, 0)`,
    availability_zone: sql`coalesce(${param("availability_zone")}, ${source?.zone ?? null})`,
    host: sql`${optionalParam("host") ?? null}`,
    snapshot_id: sql`${optionalParam("snapshot_id") ?? null}`,
    source_volid: sql`${optionalParam("source_volid") ?? null}`,
    managed_reference: sql`${optionalParam("managed_reference") ?? null}`,
  };
  const created = queryBuilder
    .select(volumeUsage())
    .from(volumes)
    .where(eq(volumes.id, param("id")))
    .as("created");
  const encrypted = isEncrypted(type);
  const forbidden_type = forbiddenType(type, optionalParam("type_project_id"));
  const managed = managedAlready(params);
  const per_minute = optionalParam("per_minute");
  const mayBeCreated = and(
    sql`${type} is not null`,
    // Protects the source from a copy that has no room for its data, or that an operation could change.
    source && and(sql`${source.status} in ${source.statuses}`, sql`${size} >= ${source.size}`),
    // Protects storage that exists from a second owner, and from one without its key.
    managed && and(sql`not ${managed}`, sql`not ${encrypted}`),
    // Protects encrypted data from a copy in the clear, and the other way round.
    source && sql`${encrypted} = ${isEncrypted(source.type)}`,
    // Protects a private type from a project without access to it, also as the type of the source.
    isNull(forbidden_type),
    // Protects the quota.
    hasRoom(params, param("project_id"), type, {
      volumes: 1,
      gigabytes: size,
      snapshots: 0,
      volume_size: size,
    }),
    // Protects the database from a project that creates and deletes volumes in a loop.
    per_minute && isBelowRate(volumeRates, param("project_id"), per_minute),
  );
  return {
    inserted: queryBuilder.insert(volumes).select(selectRow(volumes, row, { where: mayBeCreated })),
    usageAdded: addUsage(created),
    recorded: recordEvents(
      optionalParam("origin"),
      volumeEvent({
        type: managed === undefined ? "volume.created" : "volume.managed",
        where: eq(volumes.id, param("id")),
      }),
    ),
    rateCounted:
      per_minute &&
      countCreated(volumeRates, {
        project_id: volumes.project_id,
        from: volumes,
        where: eq(volumes.id, param("id")),
      }),
    created: selectVolumes().where(volumeWithId(param("id"), undefined)),
    // A refusal has changed nothing, so these are the values that the guards saw.
    seen: queryBuilder
      .select({
        type: sql<string | null>`${type}`.as("seen_type"),
        forbidden_type: forbidden_type.as("forbidden_type"),
        encrypted: encrypted.as("seen_encrypted"),
        type_id: idOfType(type).as("seen_type_id"),
        source_encrypted: sql<number>`${source ? isEncrypted(source.type) : encrypted}`.as(
          "source_encrypted",
        ),
        managed: sql<number>`${managed ?? 0}`.as("seen_managed"),
        source_status: sql<string | null>`${source?.status ?? null}`.as("seen_status"),
        source_size: sql<number | null>`${source?.size ?? null}`.as("seen_size"),
      })
      .from(sql`(select 1)`),
    quota: quotaReport(params, param("project_id"), type),
  };
}, evidence);

/**
 * Makes the condition that a volume has the storage already: by the same reference on the same host, or because the
 * storage has the name that the volume service gives that of a volume.
 *
 * @returns undefined for storage that is made for the volume
 */
function managedAlready({ optionalParam }: Params<Values>): SQL<number> | undefined {
  const reference = optionalParam("managed_reference");
  if (reference === undefined) return undefined;
  const same = and(
    isNotNull(volumes.managed_reference),
    sql`${volumes.managed_reference} = ${reference}`,
    sql`${volumes.host} = ${optionalParam("host")}`,
  );
  const named_id = optionalParam("named_id");
  const named = named_id && sql` or exists (select 1 from ${volumes} where ${volumes.id} = ${named_id})`;
  return sql<number>`(exists (select 1 from ${volumes} where ${same})${named})`;
}
