import { AVAILABILITY_ZONE } from "../db/schema/index.ts";
import { projectOf } from "../db/statements/scope.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, type Fault, invalid, notFound } from "../http/faults.ts";
import { createStatements } from "./create.sql.ts";
import { newVolumeFault, newVolumeValues } from "./new_volume.ts";
import type { Volume } from "./rows.sql.ts";
import { SOURCE_STATUSES } from "./source.sql.ts";
import { volumeTypeNotFound } from "./volume_type_not_found.ts";

/** The body of a create. */
interface VolumeInput {
  readonly name: string | null;
  readonly description: string | null;
  /** GiB; null for the size of the source. */
  readonly size: number | null;
  readonly metadata: Record<string, string>;
  /** A type's name or id; null for the type of the source, or the default type. */
  readonly volume_type: string | null;
  readonly availability_zone: string | null;
  /** The id of the volume or snapshot that the volume is made of. */
  readonly source_volid: string | null;
  readonly snapshot_id: string | null;
  /** Whether the request asks for it, as it could before 2024. */
  readonly multiattach: boolean | null | undefined;
}

/**
 * Creates a volume in the caller's project (API reference, "Create a volume"). It is a record, and `available` at once.
 *
 * @throws Fault 400 for invalid input, 404 for a type or source that is unknown or not the project's to use, 413 if the
 *   quota has no room, 429 if the project creates too many
 */
export async function createVolume(context: RequestContext, input: VolumeInput): Promise<Volume> {
  const { db, identity } = context;
  if (input.multiattach === null) throw badRequest("Value 'None' for 'multiattach' is not a boolean.");
  if (input.multiattach) {
    throw badRequest(
      "multiattach parameter has been removed. The default behavior is to use multiattach enabled volume types. " +
        "Contact your administrator to create a multiattach enabled volume type and use it to create multiattach volumes.",
    );
  }
  const { size, source_volid, snapshot_id, availability_zone: zone } = input;
  if (source_volid !== null && snapshot_id !== null) {
    throw invalid("input received", "A volume has one source: give 'source_volid' or 'snapshot_id'.");
  }
  if (size === null && source_volid === null && snapshot_id === null) {
    throw badRequest("A volume needs a size: give 'size', in GiB.");
  }
  if (zone !== null && zone !== AVAILABILITY_ZONE) {
    throw badRequest(`Availability zone '${zone}' is invalid.`);
  }
  const project_id = projectOf(scopeOf(identity));
  const {
    created: [created],
    seen: [seen],
    quota,
  } = await db.write(
    createStatements({
      ...newVolumeValues(context, input),
      size: size ?? undefined,
      type: input.volume_type || undefined,
      type_project_id: project_id,
      availability_zone: zone,
      source_volid: source_volid ?? undefined,
      snapshot_id: snapshot_id ?? undefined,
      source_project_id: project_id,
    }),
  );
  if (created !== undefined) return created;
  if (seen === undefined) throw new Error("no row explains the refusal");
  if (input.volume_type && seen.type === null) throw volumeTypeNotFound(input.volume_type);
  const source = sourceFault(input, seen);
  if (source !== undefined) throw source;
  if (seen.forbidden_type !== null) throw notFound("Volume type", seen.forbidden_type);
  const gigabytes = size ?? seen.source_size ?? 0;
  throw newVolumeFault(context, quota, gigabytes);
}

/** The source of a new volume and the type, as the guards saw them. */
interface SeenSource {
  readonly type_id: string | null;
  readonly encrypted: number;
  readonly source_encrypted: number;
  readonly source_status: string | null;
  readonly source_size: number | null;
}

/** Returns the fault of a source that no volume can be made of; undefined if one can, or if there is no source. */
function sourceFault(
  { size, source_volid, snapshot_id }: VolumeInput,
  { type_id, encrypted, source_encrypted, source_status: status, source_size }: SeenSource,
): Fault | undefined {
  const id = source_volid ?? snapshot_id;
  if (id === null) return undefined;
  const kind = source_volid === null ? "snapshot" : "volume";
  if (status === null) return notFound(kind === "volume" ? "Volume" : "Snapshot", id);
  if (encrypted !== source_encrypted) {
    const advice =
      kind === "volume"
        ? "either match source volume, or omit type argument"
        : "recommend omitting the type argument";
    return invalid(
      "input received",
      `Invalid volume_type provided: ${type_id} (requested type is not compatible; ${advice}).`,
    );
  }
  const statuses: readonly string[] = SOURCE_STATUSES[kind];
  if (!statuses.includes(status)) {
    const name = kind === "volume" ? "source volume" : kind;
    return invalid(kind, `Originating ${name} status must be one of '${statuses.join(", ")}' values`);
  }
  if (size === null || source_size === null || size >= source_size) return undefined;
  // The blanks are Cinder's.
  const [original, least] =
    kind === "volume"
      ? [`original volume size  ${source_size}GB`, "original volume size"]
      : [`the snapshot size ${source_size}GB`, "original snapshot size"];
  return invalid(
    "input received",
    `Volume size '${size}'GB cannot be smaller than ${original}. They must be >= ${least}.`,
  );
}
