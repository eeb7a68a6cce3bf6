import * as z from "zod/mini";
import { faultMessage } from "../dialect/validation_message.ts";
import {
  boolean,
  metadata,
  optionalShortText,
  optionalSomeText,
  optionalText,
  textOrNull,
  trimmedDescription,
} from "../http/fields.ts";
import { MAX_MICROVERSION, type Microversion, VOLUME_MIGRATE_CLUSTER } from "../http/microversions.ts";
import { REFERENCE_NAME } from "../http/reference.ts";
import { described } from "../openapi/shapes.ts";
import { MAX_SIZE, size } from "./schemas.ts";
import { RESET_STATUSES } from "./statuses.ts";

/** The argument of the action "Extend a volume size". */
export const extendArgument = z.strictObject({ new_size: size("is not of type 'integer', 'string'") });

/** The argument of the action "Update a volume's bootable status". */
export const bootableArgument = z.strictObject({ bootable: boolean });

/** The argument of the action "Updates volume read-only access-mode flag". */
export const readonlyArgument = z.strictObject({ readonly: boolean });

/** The argument of the action "Retype a volume". */
export const retypeArgument = z.strictObject({
  new_type: z.string(),
  migration_policy: z.optional(
    z.pipe(textOrNull, z.enum(["on-demand", "never"], "is not one of ['on-demand', 'never']")).check(
      z.meta({
        description: "Ignored: without a back end no volume migrates.",
        enum: ["on-demand", "never"],
      }),
    ),
  ),
});

/** The argument of the action "Revert volume to snapshot". Other members are ignored. */
export const revertArgument = z.looseObject({
  snapshot_id: z.optional(textOrNull).check(described("The latest snapshot of the volume.")),
});

/** Documents a status, in lower case; `resetVolumeStatus` takes it in upper case, too. */
const status = (values: readonly string[]) =>
  z.optional(textOrNull).check(z.meta({ enum: [...values, null] }));

const RESET_FIELDS = ["status", "attach_status", "migration_status"] as const;
const NO_STATUS = "Must specify 'status', 'attach_status' or 'migration_status' for update.";

/** The argument of the action "Reset a volume's statuses". That there is one matters more than what else there is. */
export const resetArgument = z
  .pipe(
    z.looseObject({}).check(
      z.superRefine((argument, context) => {
        if (!RESET_FIELDS.some((field) => argument[field])) context.addIssue(faultMessage(NO_STATUS));
      }),
    ),
    z.strictObject({
      status: status(RESET_STATUSES.status),
      attach_status: status(RESET_STATUSES.attach_status),
      migration_status: status(RESET_STATUSES.migration_status),
    }),
  )
  .check(
    z.meta({
      anyOf: RESET_FIELDS.map((name) => ({ required: [name], properties: { [name]: { type: "string" } } })),
    }),
  );

/** The argument of an action that needs none: Cinder takes any value. */
export const anyArgument = z.unknown();

const HOST = /^[a-zA-Z0-9-._#@:/+[\]]*$/;
const host = optionalSomeText.check(
  z.refine((text) => !text || HOST.test(text), "does not match '^[a-zA-Z0-9-._#@:/+\\\\[\\\\]]*$'"),
  z.meta({ pattern: "^[a-zA-Z0-9\\-._#@:/+\\[\\]]{1,255}$", example: "host@backend#pool" }),
);

const reference = z
  .union([z.record(z.string(), z.unknown()), z.string()], "is not of type 'object', 'string'")
  .check(
    z.meta({
      description:
        "What the storage is called where it is, and its size in GiB, which no back end can be asked for.",
      type: "object",
      properties: {
        "source-name": REFERENCE_NAME,
        "source-id": REFERENCE_NAME,
        size: {
          anyOf: [
            { type: "integer", minimum: 1, maximum: MAX_SIZE },
            { type: "string", pattern: "^[1-9][0-9]{0,8}$" },
          ],
        },
      },
      additionalProperties: REFERENCE_NAME,
      required: ["size"],
      minProperties: 2,
    }),
  );
const managed = {
  name: optionalText,
  description: trimmedDescription,
  volume_type: optionalShortText,
  availability_zone: optionalShortText,
  // `openstack` sends null by default. Cinder refuses it.
  bootable: z.nullish(boolean),
  metadata,
  host,
  ref: reference,
};
const REQUIRED = z.meta({ required: ["host", "ref"] });
const manageVolume = z.strictObject({ volume: z.strictObject(managed).check(REQUIRED) });
const manageVolumeOrCluster = z.strictObject({
  volume: z
    .strictObject({
      ...managed,
      cluster: optionalShortText.check(z.meta({ description: "There are no clusters.", maxLength: 0 })),
    })
    .check(REQUIRED),
});

/** The body of "Manage an existing volume". From 3.16 on it may name a cluster. */
export const manageVolumeSchema = (
  microversion: Microversion = MAX_MICROVERSION,
): typeof manageVolume | typeof manageVolumeOrCluster =>
  microversion >= VOLUME_MIGRATE_CLUSTER ? manageVolumeOrCluster : manageVolume;
