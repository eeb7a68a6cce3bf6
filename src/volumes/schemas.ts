import * as z from "zod/mini";
import { AVAILABILITY_ZONE } from "../db/schema/index.ts";
import { wholeMessage } from "../dialect/validation_message.ts";
import {
  booleanOrNull,
  integer,
  metadata,
  newMetadata,
  optionalShortText,
  optionalSomeText,
  trimmedText,
  uuidOrNull,
} from "../http/fields.ts";
import { type Microversion, SUPPORT_VOLUME_SCHEMA_CHANGES } from "../http/microversions.ts";
import { absent, described, id, links, nextLinks, owner, stringMap, time } from "../openapi/shapes.ts";
import { VOLUME_STATUSES } from "./statuses.ts";

/** The largest size of a volume, GiB. */
export const MAX_SIZE = 2 ** 31 - 1;

const numeral = (message: string) =>
  z
    .union([integer(message), z.string()], message)
    .check(
      z.refine((value) => typeof value === "number" || /^[0-9]+$/.test(value), "does not match '^[0-9]+$'"),
    );

/**
 * Makes the schema of a size in GiB: an integer or a numeral of at least 1.
 *
 * @param message what is said of a value of another type
 */
export const size = (message: string) =>
  z.pipe(numeral(message), z.transform(Number)).check(
    z.superRefine((gib, context) => {
      if (gib < 1) context.addIssue(wholeMessage(`${gib} is less than the minimum of 1`));
      if (gib > MAX_SIZE) context.addIssue(wholeMessage(`${gib} is greater than the maximum of ${MAX_SIZE}`));
    }),
    z.meta({
      description: "GiB.",
      anyOf: [
        { type: "integer", minimum: 1, maximum: MAX_SIZE },
        { type: "string", pattern: "^0*[1-9][0-9]{0,8}$" },
      ],
    }),
  );

/** Sources from which Cinder creates a volume, and this service does not. */
const unsupported = z.optional(
  z.null("is not supported by this service: a volume is made empty, of a snapshot or of a volume"),
);

const volume = {
  name: trimmedText("name"),
  display_name: trimmedText("name"),
  description: trimmedText("description"),
  display_description: trimmedText("description"),
  metadata,
  // A missing size passes here, and is refused with Cinder's message.
  size: z.nullish(size("is not of type 'integer', 'string', 'null'")),
  volume_type: optionalShortText,
  availability_zone: optionalSomeText.check(z.meta({ enum: [AVAILABILITY_ZONE, null] })),
  snapshot_id: z.optional(uuidOrNull),
  source_volid: z.optional(uuidOrNull),
  consistencygroup_id: unsupported,
  group_id: unsupported,
  backup_id: unsupported,
  image_id: unsupported,
  imageRef: unsupported,
  multiattach: z
    .optional(booleanOrNull)
    .check(z.meta({ description: "A volume has that of its type.", enum: [false] })),
};
const hints = {
  "OS-SCH-HNT:scheduler_hints": z.nullish(z.looseObject({}, "is not of type 'object', 'null'")),
};

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
  name: trimmedText("name"),
  display_name: trimmedText("name"),
  description: trimmedText("description"),
  display_description: trimmedText("description"),
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

/** How many there are on all pages, if the query asks. */
const count = z.optional(
  z.int().check(z.minimum(0), described("The number on all pages; from 3.45, with `with_count`.")),
);
const volumeSummary = { id, name: z.nullable(z.string()), links };
const legacyDetail = {
  ...volumeSummary,
  status: z.enum(VOLUME_STATUSES),
  size: z.int().check(z.minimum(1), described("GiB.")),
  availability_zone: z.nullable(z.string()),
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
  replication_status: z.nullable(z.string()),
  consistencygroup_id: z.nullable(id),
  multiattach: z.boolean(),
  attachments: z
    .array(z.looseObject({}))
    .check(described("Of a volume that was imported from a Cinder: those that it had there.")),
  migration_status: z.optional(z.nullable(z.string()).check(described("For admins."))),
};
const volumeDetail = {
  ...legacyDetail,
  group_id: z.optional(z.nullable(id).check(described("From 3.13."))),
  provider_id: z.optional(z.nullable(z.string()).check(described("For admins, from 3.21."))),
  shared_targets: z.optional(z.nullable(z.boolean()).check(described("From 3.48."))),
  service_uuid: z.optional(z.nullable(id).check(described("From 3.48."))),
  cluster_name: z.optional(z.nullable(z.string()).check(described("For admins, from 3.61."))),
  volume_type_id: z.optional(z.nullable(id).check(described("From 3.63."))),
  consumes_quota: z.optional(z.literal(true).check(described("From 3.65."))),
};
const extendedVolume = z.strictObject({
  ...volumeDetail,
  volume_image_metadata: z.optional(
    stringMap.check(described("Of a volume that was imported from a Cinder, and made from an image there.")),
  ),
  "os-vol-tenant-attr:tenant_id": owner,
  "os-vol-mig-status-attr:migstat": z.optional(z.nullable(z.string()).check(described("For admins."))),
  "os-vol-mig-status-attr:name_id": z.optional(z.nullable(id).check(described("For admins."))),
  "os-vol-host-attr:host": z.optional(z.nullable(z.string()).check(described("For admins."))),
  "os-volume-manage:ref": z.optional(
    z
      .record(z.string(), z.string())
      .check(described("For admins, from 3.8: the reference by which the volume was managed, if it was.")),
  ),
});

export const volumeShown = z.strictObject({ volume: extendedVolume });
export const volumeManaged = z.strictObject({ volume: z.strictObject(legacyDetail) });
export const volumeChanged = z.strictObject({ volume: z.strictObject(volumeDetail) });
export const encryptionMetadataShown = z.strictObject({
  encryption_key_id: absent,
  control_location: z.optional(z.enum(["front-end", "back-end"])),
  cipher: z.optional(z.nullable(z.string())),
  key_size: z.optional(z.nullable(z.int())),
  provider: z.optional(z.string()),
});
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
