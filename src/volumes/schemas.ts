import * as z from "zod";
import { boolean, metadata, newMetadata, optionalText, resetStatus } from "../http/fields.ts";
import { type Microversion, SUPPORT_VOLUME_SCHEMA_CHANGES } from "../http/microversions.ts";
import { id, links, nextLinks, owner, stringMap, time } from "../openapi/shapes.ts";
import { AVAILABILITY_ZONE } from "./views.ts";

const MAX_SIZE = 2 ** 31 - 1;

/** GiB, an integer or a numeral of at least 1. A missing size passes here, and is refused with Cinder's message. */
const size = z
  .union([z.int(), z.string()], "is not of type 'integer', 'string', 'null'")
  .refine((value) => typeof value === "number" || /^[0-9]+$/.test(value), "does not match '^[0-9]+$'")
  .transform(Number)
  .refine((value) => value >= 1, "is less than the minimum of 1")
  .refine((value) => value <= MAX_SIZE, `is greater than the maximum of ${MAX_SIZE}`)
  .nullish()
  .meta({
    description: "GiB.",
    anyOf: [
      { type: "integer", minimum: 1, maximum: MAX_SIZE },
      { type: "string", pattern: "^0*[1-9][0-9]{0,8}$" },
    ],
  });

/** Sources from which Cinder creates a volume, and this service does not. */
const source = z.null("is not supported by this service: a volume is made empty").optional();

const volume = {
  name: optionalText,
  display_name: optionalText,
  description: optionalText,
  display_description: optionalText,
  metadata,
  size,
  volume_type: z.string().nullish(),
  availability_zone: z
    .string()
    .meta({ enum: [AVAILABILITY_ZONE] })
    .nullish(),
  snapshot_id: source,
  source_volid: source,
  consistencygroup_id: source,
  group_id: source,
  backup_id: source,
  image_id: source,
  imageRef: source,
  multiattach: boolean.nullish(),
};
const hints = { "OS-SCH-HNT:scheduler_hints": z.looseObject({}).nullish() };

const createVolume = z.strictObject({
  volume: z.strictObject(volume).meta({ required: ["size"] }),
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
  metadata: newMetadata.optional(),
});
const updateVolume = z.strictObject({
  volume: changes
    .refine((changes) => Object.keys(changes).length > 0, "is not valid under any of the given schemas")
    .meta({ minProperties: 1 }),
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

const volumeSummary = { id, name: z.string().nullable(), links };
const volumeDetail = {
  ...volumeSummary,
  status: z.enum(VOLUME_STATUSES),
  size: z.int().min(1).meta({ description: "GiB." }),
  availability_zone: z.string().nullable(),
  created_at: time,
  updated_at: time.nullable(),
  description: z.string().nullable(),
  volume_type: z.string(),
  snapshot_id: id.nullable(),
  source_volid: id.nullable(),
  metadata: stringMap,
  user_id: owner,
  bootable: z.enum(["true", "false"]),
  encrypted: z.boolean(),
  replication_status: z.string().nullable(),
  consistencygroup_id: id.nullable(),
  multiattach: z.boolean(),
  attachments: z
    .array(z.looseObject({}))
    .meta({ description: "Of a volume that was imported from a Cinder: those that it had there." }),
  migration_status: z.string().nullable().meta({ description: "For admins." }).optional(),
  group_id: id.nullable().meta({ description: "From 3.13." }).optional(),
  provider_id: z.string().nullable().meta({ description: "For admins, from 3.21." }).optional(),
  shared_targets: z.boolean().nullable().meta({ description: "From 3.48." }).optional(),
  service_uuid: id.nullable().meta({ description: "From 3.48." }).optional(),
  cluster_name: z.string().nullable().meta({ description: "For admins, from 3.61." }).optional(),
  volume_type_id: id.nullable().meta({ description: "From 3.63." }).optional(),
  consumes_quota: z.literal(true).meta({ description: "From 3.65." }).optional(),
};
const extendedVolume = z.strictObject({
  ...volumeDetail,
  volume_image_metadata: stringMap
    .meta({ description: "Of a volume that was imported from a Cinder, and made from an image there." })
    .optional(),
  "os-vol-tenant-attr:tenant_id": owner,
  "os-vol-mig-status-attr:migstat": z.string().nullable().meta({ description: "For admins." }).optional(),
  "os-vol-mig-status-attr:name_id": id.nullable().meta({ description: "For admins." }).optional(),
  "os-vol-host-attr:host": z.string().nullable().meta({ description: "For admins." }).optional(),
});

export const volumeShown = z.strictObject({ volume: extendedVolume });
export const volumeChanged = z.strictObject({ volume: z.strictObject(volumeDetail) });
export const volumeSummaries = z.strictObject({
  volumes: z.array(z.strictObject(volumeSummary)),
  volumes_links: nextLinks,
});
export const volumeDetails = z.strictObject({ volumes: z.array(extendedVolume), volumes_links: nextLinks });
