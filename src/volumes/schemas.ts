import * as z from "zod";
import { type Microversion, SUPPORT_VOLUME_SCHEMA_CHANGES } from "../microversions.ts";
import { boolean, metadata, optionalText } from "../validation.ts";

/** GiB: a whole number, or a numeral, of at least 1. */
const size = z
  .union([z.int(), z.string()], "is not of type 'integer', 'string', 'null'")
  .refine((value) => typeof value === "number" || /^[0-9]+$/.test(value), "does not match '^[0-9]+$'")
  .transform(Number)
  .refine((value) => value >= 1, "is less than the minimum of 1")
  .refine((value) => value <= 2 ** 31 - 1, "is greater than the maximum of 2147483647")
  .nullish();

/** What Cinder can make a volume from, and a service that keeps records alone cannot. */
const source = z.null("is not supported by this service: a volume is made empty").optional();

const volume = {
  name: optionalText,
  display_name: optionalText,
  description: optionalText,
  display_description: optionalText,
  metadata,
  size,
  volume_type: z.string().nullish(),
  availability_zone: z.string().nullish(),
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

const createVolume = z.strictObject({ volume: z.strictObject(volume), ...hints });
const createVolumeLoosely = z.strictObject({ volume: z.object(volume), ...hints });

/** The body of "Create a volume". Before 3.53 properties that nobody knows are passed over. */
export const createVolumeSchema = (
  microversion: Microversion,
): typeof createVolume | typeof createVolumeLoosely =>
  microversion >= SUPPORT_VOLUME_SCHEMA_CHANGES ? createVolume : createVolumeLoosely;

/** The body of "Update a volume". */
export const updateVolumeSchema = z.strictObject({
  volume: z
    .strictObject({
      name: optionalText,
      display_name: optionalText,
      description: optionalText,
      display_description: optionalText,
      metadata: metadata.optional(),
    })
    .refine((changes) => Object.keys(changes).length > 0, "is not valid under any of the given schemas"),
});

/** Cinder's volume statuses. */
const STATUSES = [
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

/** The body of "Perform an action on a volume": of Cinder's actions, the one that admins need. */
export const volumeActionSchema = z.strictObject({
  "os-reset_status": z.strictObject({
    status: z
      .string()
      .transform((status) => status.toLowerCase())
      .refine((status) => STATUSES.includes(status), `is not one of ${STATUSES.join(", ")}`),
  }),
});
