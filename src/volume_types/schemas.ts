import * as z from "zod/mini";
import { faultMessage, wholeMessage } from "../dialect/validation_message.ts";
import {
  boolean,
  integer,
  keyedBy,
  METADATA_KEY,
  optionalDescription,
  optionalShortText,
  optionalSomeText,
  shortText,
  shortTextOrNull,
  someText,
} from "../http/fields.ts";
import { absent, described, id, nextLinks, owner, time } from "../openapi/shapes.ts";

const MAX_KEY_SIZE = 2 ** 31 - 1;

const name = someText.check(
  z.superRefine((text, context) => {
    if (text === "" || text.trim() !== "") return;
    context.addIssue(faultMessage("An invalid 'name' value was provided. The 'name' can not be empty."));
  }),
);

/** The body of "Create a volume type". */
export const createVolumeTypeSchema = z.strictObject({
  volume_type: z.strictObject({
    name,
    description: optionalDescription,
    extra_specs: z.optional(keyedBy(METADATA_KEY, shortTextOrNull)),
    "os-volume-type-access:is_public": z.optional(boolean),
  }),
});

/** The body of "Update a volume type", of which `updateVolumeType` needs one value. */
export const updateVolumeTypeSchema = z.strictObject({
  volume_type: z
    .strictObject({
      name: optionalSomeText,
      description: optionalDescription,
      is_public: z.optional(boolean),
    })
    .check(
      z.meta({
        anyOf: [
          ...["name", "description"].map((name) => ({
            required: [name],
            properties: { [name]: { type: "string" } },
          })),
          { required: ["is_public"] },
        ],
      }),
    ),
});

/** The argument of the actions that change the access list of a private type. */
export const projectAccess = z.strictObject({ project: someText });

/** Cinder's pattern of the names of extra specs. */
const EXTRA_SPEC_NAME = "^[a-zA-Z0-9-_:.]{1,255}$";
const newExtraSpecs = keyedBy(EXTRA_SPEC_NAME, shortTextOrNull);

/** The body of "Create or update extra specs for volume type". */
export const extraSpecsSchema = z.strictObject({ extra_specs: newExtraSpecs });

/** The body of "Update extra specification for volume type": one name with its value. */
export const extraSpecSchema = newExtraSpecs.check(
  z.refine((specs) => Object.keys(specs).length > 0, "should be non-empty"),
  z.refine((specs) => Object.keys(specs).length < 2, "has too many properties"),
  z.meta({ minProperties: 1, maxProperties: 1 }),
);

const INVALID_KEY_SIZE = "is not of type 'string', 'integer', 'null'";
const keySize = z.union([integer(INVALID_KEY_SIZE), z.string()], INVALID_KEY_SIZE).check(
  z.superRefine((value, context) => {
    if (/^(0|-?[1-9]\d*)$/.test(String(value))) return;
    context.addIssue(faultMessage("Invalid input received: key_size must be an integer."));
  }),
);
const key_size = z
  .nullish(
    z.pipe(keySize, z.transform(Number)).check(
      z.superRefine((bits, context) => {
        // Cinder names the number, also of a text.
        if (bits < 0) context.addIssue(wholeMessage(`${bits} is less than the minimum of 0`));
        if (bits > MAX_KEY_SIZE) {
          context.addIssue(wholeMessage(`${bits} is greater than the maximum of ${MAX_KEY_SIZE}`));
        }
      }),
    ),
  )
  .check(
    z.meta({
      description: "Bits.",
      anyOf: [
        { type: "integer", minimum: 0, maximum: MAX_KEY_SIZE },
        { type: "string", pattern: "^[0-9]{1,9}$" },
      ],
    }),
  );
const encryption = {
  provider: shortText,
  control_location: z.enum(["front-end", "back-end"], "is not one of ['front-end', 'back-end']"),
  cipher: optionalShortText,
  key_size,
};

/** The body of "Create an encryption type". The response repeats other members, which are ignored. */
export const createEncryptionSchema = z.strictObject({ encryption: z.looseObject(encryption) });

/** The body of "Update an encryption type". Other members are ignored. */
export const updateEncryptionSchema = z.strictObject({ encryption: z.partial(z.object(encryption)) });

const extraSpecs = z.record(z.string(), z.nullable(z.string()));
const volumeType = z.strictObject({
  id,
  name: z.string(),
  is_public: z.boolean(),
  description: z.nullable(z.string()),
  extra_specs: extraSpecs.check(described("Those that everybody may see; for admins all.")),
  qos_specs_id: z.optional(absent.check(described("For admins."))),
  "os-volume-type-access:is_public": z.optional(
    z.boolean().check(described("For members; not of the default type.")),
  ),
});

export const volumeTypeShown = z.strictObject({ volume_type: volumeType });
export const volumeTypesListed = z.strictObject({
  volume_types: z.array(volumeType),
  volume_type_links: nextLinks,
});
export const extraSpecsShown = z.strictObject({ extra_specs: extraSpecs });
export const accessListed = z.strictObject({
  volume_type_access: z.array(z.strictObject({ volume_type_id: id, project_id: owner })),
});

const encryptionFields = {
  provider: z.string(),
  control_location: z.enum(["front-end", "back-end"]),
  cipher: z.nullable(z.string()),
  key_size: z.nullable(z.int()),
};
/** An encryption; an empty object for a type without one. */
export const encryptionShown = z.strictObject({
  volume_type_id: z.optional(id),
  encryption_id: z.optional(id),
  provider: z.optional(encryptionFields.provider),
  control_location: z.optional(encryptionFields.control_location),
  cipher: z.optional(encryptionFields.cipher),
  key_size: z.optional(encryptionFields.key_size),
  created_at: z.optional(time),
  updated_at: z.optional(z.nullable(time)),
  deleted: z.optional(z.literal(false)),
  deleted_at: z.optional(absent),
});
export const encryptionChanged = z.strictObject({
  encryption: z.looseObject({ volume_type_id: z.optional(id), encryption_id: z.optional(id) }),
});
/** One member of an object, under its name. */
export const memberShown = z.record(z.string(), z.union([z.string(), z.int(), z.boolean(), z.null()]));
