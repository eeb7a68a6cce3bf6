import * as z from "zod/mini";
import { boolean, integer, metadata, newMetadata, optionalText, resetStatus } from "../http/fields.ts";
import { type Microversion, SUPPORT_VOLUME_SCHEMA_CHANGES } from "../http/microversions.ts";
import { absent, id, links, nextLinks, owner, stringMap, time } from "../openapi/shapes.ts";
import { AVAILABILITY_ZONE } from "./views.ts";

const MAX_SIZE = 2 ** 31 - 1;

const INVALID_SIZE = "is not of type 'integer', 'string', 'null'";
const numeral = z
  .union([integer(INVALID_SIZE), z.string()], INVALID_SIZE)
  .check(
    z.refine((value) => typeof value === "number" || /^[0-9]+$/.test(value), "does not match '^[0-9]+$'"),
  );

/** GiB, an integer or a numeral of at least 1. A missing size passes here, and is refused with Cinder's message. */
const size = z
  .nullish(
    z.pipe(numeral, z.transform(Number)).check(
      z.refine((gib) => gib >= 1, "is less than the minimum of 1"),
      z.refine((gib) => gib <= MAX_SIZE, `is greater than the maximum of ${MAX_SIZE}`),
    ),
  )
  .check(
    z.meta({
      description: "GiB.",
      anyOf: [
        { type: "integer", minimum: 1, maximum: MAX_SIZE },
        { type: "string", pattern: "^0*[1-9][0-9]{0,8}$" },
      ],
    }),
  );

/** Sources from which Cinder creates a volume, and this service does not. */
const source = z.optional(z.null("is not supported by this service: a volume is made empty"));

const volume = {
  name: optionalText,
  display_name: optionalText,
  description: optionalText,
  display_description: optionalText,
  metadata,
  size,
  volume_type: z.nullish(z.string()),
  availability_zone: z.nullish(z.string().check(z.meta({ enum: [AVAILABILITY_ZONE] }))),
  snapshot_id: source,
  source_volid: source,
  consistencygroup_id: source,
  group_id: source,
  backup_id: source,
  image_id: source,
  imageRef: source,
  multiattach: z.nullish(boolean),
};
const hints = { "OS-SCH-HNT:scheduler_hints": z.nullish(z.looseObject({})) };

const createVolume = z.strictObject({
  volume: z.strictObject(volume).check(z.meta({ required: ["size"] })),
  ...hints,
});
const createVolumeLoosely = z.strictObject({ volume: z.object(volume), ...hints });

/** The body of "Create a volume". Before 3.53 unknown properties are ignored. */
export const createVolumeSchema = (
  microversion: Microversion,
): typeof createVolume | typeof createVolumeLoosely =>
  microversion >= SUPPORT_VOLUME_SCHEMA_CHANGES ? createVolume : createVolumeLoosely;

const changes = z.strictObject({
  name: optionalText,
  display_name: optionalText,
  description: optionalText,
  display_description: optionalText,
  metadata: z.optional(newMetadata),
});
const updateVolume = z.strictObject({
  volume: changes.check(
    z.refine((changes) => Object.keys(changes).length > 0, "is not valid under any of the given schemas"),
    z.meta({ minProperties: 1 }),
  ),
});
const updateVolumeLoosely = z.strictObject({ volume: changes });

/** The body of "Update a volume". Before 3.53 it may have no changes. */
export const updateVolumeSchema = (
  microversion: Microversion,
): typeof updateVolume | typeof updateVolumeLoosely =>
  microversion >= SUPPORT_VOLUME_SCHEMA_CHANGES ? updateVolume : updateVolumeLoosely;

/** Cinder's volume statuses. */
export const VOLUME_STATUSES = [
  "attaching",
  "available",
  "awaiting-transfer",
  "backing-up",
  "creating",
  "deleting",
  "detaching",
  "downloading",
  "error",
  "error_backing-up",
  "error_deleting",
  "error_extending",
  "error_managing",
  "error_restoring",
  "extending",
  "in-use",
  "maintenance",
  "managing",
  "reserved",
  "restoring-backup",
  "retyping",
  "reverting",
  "unmanaging",
  "uploading",
];

/** The body of the action "Reset a volume's statuses". */
export const volumeActionSchema = resetStatus(VOLUME_STATUSES);

const volumeSummary = { id, name: z.nullable(z.string()), links };
const volumeDetail = {
  ...volumeSummary,
  status: z.enum(VOLUME_STATUSES),
  size: z.int().check(z.minimum(1), z.meta({ description: "GiB." })),
  availability_zone: z.string(),
  created_at: time,
  updated_at: z.nullable(time),
  description: z.nullable(z.string()),
  volume_type: z.string(),
  snapshot_id: z.nullable(id),
  source_volid: z.nullable(id),
  metadata: stringMap,
  user_id: owner,
  bootable: z.enum(["true", "false"]),
  encrypted: z.boolean(),
  replication_status: absent,
  consistencygroup_id: absent,
  multiattach: z.literal(false),
  attachments: z.array(z.never()),
  migration_status: z.optional(z.nullable(z.string()).check(z.meta({ description: "For admins." }))),
  group_id: z.optional(absent.check(z.meta({ description: "From 3.13." }))),
  provider_id: z.optional(absent.check(z.meta({ description: "For admins, from 3.21." }))),
  shared_targets: z.optional(z.boolean().check(z.meta({ description: "From 3.48." }))),
  service_uuid: z.optional(z.nullable(id).check(z.meta({ description: "From 3.48." }))),
  cluster_name: z.optional(absent.check(z.meta({ description: "For admins, from 3.61." }))),
  volume_type_id: z.optional(z.nullable(id).check(z.meta({ description: "From 3.63." }))),
  consumes_quota: z.optional(z.literal(true).check(z.meta({ description: "From 3.65." }))),
};
const extendedVolume = z.strictObject({
  ...volumeDetail,
  "os-vol-tenant-attr:tenant_id": owner,
  "os-vol-mig-status-attr:migstat": z.optional(
    z.nullable(z.string()).check(z.meta({ description: "For admins." })),
  ),
  "os-vol-mig-status-attr:name_id": z.optional(absent.check(z.meta({ description: "For admins." }))),
  "os-vol-host-attr:host": z.optional(z.string().check(z.meta({ description: "For admins." }))),
});

export const volumeShown = z.strictObject({ volume: extendedVolume });
export const volumeChanged = z.strictObject({ volume: z.strictObject(volumeDetail) });
export const volumeSummaries = z.strictObject({
  volumes: z.array(z.strictObject(volumeSummary)),
  volumes_links: nextLinks,
});
export const volumeDetails = z.strictObject({ volumes: z.array(extendedVolume), volumes_links: nextLinks });
