import * as z from "zod";
import { boolean, metadata, newMetadata, optionalText, uuid } from "../http/fields.ts";
import { type Microversion, SUPPORT_VOLUME_SCHEMA_CHANGES } from "../http/microversions.ts";
import { absent, id, links, nextLinks, owner, stringMap, time } from "../openapi/shapes.ts";
import { AVAILABILITY_ZONE } from "./host.ts";
import { VOLUME_STATUSES } from "./statuses.ts";

/** The largest size of a volume, GiB. */
export const MAX_SIZE = 2 ** 31 - 1;

/** GiB, an integer or a numeral of at least 1. */
export const size = z
  .union([z.int(), z.string()], "is not of type 'integer', 'string', 'null'")
  .refine((value) => typeof value === "number" || /^[0-9]+$/.test(value), "does not match '^[0-9]+$'")
  .transform(Number)
  .refine((value) => value >= 1, "is less than the minimum of 1")
  .refine((value) => value <= MAX_SIZE, `is greater than the maximum of ${MAX_SIZE}`)
  .meta({
    description: "GiB.",
    anyOf: [
      { type: "integer", minimum: 1, maximum: MAX_SIZE },
      { type: "string", pattern: "^0*[1-9][0-9]{0,8}$" },
    ],
  });

/** Sources from which Cinder creates a volume, and this service does not. */
const unsupported = z
  .null("is not supported by this service: a volume is made empty, of a snapshot or of a volume")
  .optional();

const volume = {
  name: optionalText,
  display_name: optionalText,
  description: optionalText,
  display_description: optionalText,
  metadata,
  // A missing size passes here, and is refused with Cinder's message.
  size: size.nullish(),
  volume_type: z.string().nullish(),
  availability_zone: z
    .string()
    .meta({ enum: [AVAILABILITY_ZONE] })
    .nullish(),
  snapshot_id: uuid.nullish(),
  source_volid: uuid.nullish(),
  consistencygroup_id: unsupported,
  group_id: unsupported,
  backup_id: unsupported,
  image_id: unsupported,
  imageRef: unsupported,
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

/** How many there are on all pages, if the query asks. */
const count = z
  .int()
  .min(0)
  .meta({ description: "The number on all pages; from 3.45, with `with_count`." })
  .optional();
const volumeSummary = { id, name: z.string().nullable(), links };
const legacyDetail = {
  ...volumeSummary,
  status: z.enum(VOLUME_STATUSES),
  size: z.int().min(1).meta({ description: "GiB." }),
  availability_zone: z.string(),
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
  replication_status: absent,
  consistencygroup_id: absent,
  multiattach: z.literal(false),
  attachments: z.array(z.never()),
  migration_status: z.string().nullable().meta({ description: "For admins." }).optional(),
};
const volumeDetail = {
  ...legacyDetail,
  group_id: absent.meta({ description: "From 3.13." }).optional(),
  provider_id: absent.meta({ description: "For admins, from 3.21." }).optional(),
  shared_targets: z.boolean().meta({ description: "From 3.48." }).optional(),
  service_uuid: id.nullable().meta({ description: "From 3.48." }).optional(),
  cluster_name: absent.meta({ description: "For admins, from 3.61." }).optional(),
  volume_type_id: id.nullable().meta({ description: "From 3.63." }).optional(),
  consumes_quota: z.literal(true).meta({ description: "From 3.65." }).optional(),
};
const extendedVolume = z.strictObject({
  ...volumeDetail,
  "os-vol-tenant-attr:tenant_id": owner,
  "os-vol-mig-status-attr:migstat": z.string().nullable().meta({ description: "For admins." }).optional(),
  "os-vol-mig-status-attr:name_id": absent.meta({ description: "For admins." }).optional(),
  "os-vol-host-attr:host": z.string().meta({ description: "For admins." }).optional(),
  "os-volume-manage:ref": stringMap
    .meta({ description: "For admins, from 3.8: the reference by which the volume was managed, if it was." })
    .optional(),
});

export const volumeShown = z.strictObject({ volume: extendedVolume });
export const volumeManaged = z.strictObject({ volume: z.strictObject(legacyDetail) });
export const volumeChanged = z.strictObject({ volume: z.strictObject(volumeDetail) });
export const volumeSummaries = z.strictObject({
  volumes: z.array(z.strictObject(volumeSummary)),
  volumes_links: nextLinks,
  count,
});
export const volumeDetails = z.strictObject({
  volumes: z.array(extendedVolume),
  volumes_links: nextLinks,
  count,
});
