import * as z from "zod";
import { boolean, keyedBy, MAX_LENGTH, METADATA_KEY, shortText } from "../http/fields.ts";
import { absent, id, nextLinks, owner, time } from "../openapi/shapes.ts";

const MAX_KEY_SIZE = 2 ** 31 - 1;

const name = shortText
  .refine((text) => text.trim() !== "", "is too short: The 'name' can not be empty.")
  .meta({ minLength: 1, maxLength: MAX_LENGTH });
const description = shortText.nullish();

/** The body of "Create a volume type". */
export const createVolumeTypeSchema = z.strictObject({
  volume_type: z.strictObject({
    name,
    description,
    extra_specs: keyedBy(METADATA_KEY, shortText.nullable()).optional(),
    "os-volume-type-access:is_public": boolean.optional(),
  }),
});

/** The body of "Update a volume type", of which `updateVolumeType` needs one value. */
export const updateVolumeTypeSchema = z.strictObject({
  volume_type: z
    .strictObject({
      name: shortText
        .refine((text) => text !== "", "is too short")
        .meta({ minLength: 1, maxLength: MAX_LENGTH })
        .nullish(),
      description,
      is_public: boolean.optional(),
    })
    .meta({
      anyOf: [
        ...["name", "description"].map((name) => ({
          required: [name],
          properties: { [name]: { type: "string" } },
        })),
        { required: ["is_public"] },
      ],
    }),
});

/** The argument of the actions that change the access list of a private type. */
export const projectAccess = z.strictObject({
  project: shortText.refine((text) => text !== "", "is too short").meta({ minLength: 1 }),
});

/** Cinder's pattern of the names of extra specs. */
const EXTRA_SPEC_NAME = "^[a-zA-Z0-9-_:.]{1,255}$";
const newExtraSpecs = keyedBy(EXTRA_SPEC_NAME, shortText);

/** The body of "Create or update extra specs for volume type". */
export const extraSpecsSchema = z.strictObject({ extra_specs: newExtraSpecs });

/** The body of "Update extra specification for volume type": one name with its value. */
export const extraSpecSchema = newExtraSpecs
  .refine((specs) => Object.keys(specs).length > 0, "does not have enough properties")
  .refine((specs) => Object.keys(specs).length < 2, "has too many properties")
  .meta({ minProperties: 1, maxProperties: 1 });

const key_size = z
  .union([z.int(), z.string()], "is not of type 'string', 'integer', 'null'")
  .refine((value) => /^\s*\d+\s*$/.test(String(value)), "must be an integer: key_size must be an integer.")
  .transform(Number)
  .refine((value) => value <= MAX_KEY_SIZE, `is greater than the maximum of ${MAX_KEY_SIZE}`)
  .nullish()
  .meta({
    description: "Bits.",
    anyOf: [
      { type: "integer", minimum: 0, maximum: MAX_KEY_SIZE },
      { type: "string", pattern: "^[0-9]{1,9}$" },
    ],
  });
const encryption = {
  provider: shortText,
  control_location: z.enum(["front-end", "back-end"], "is not one of ['front-end', 'back-end']"),
  cipher: shortText.nullish(),
  key_size,
};

/** The body of "Create an encryption type". Other members are ignored. */
export const createEncryptionSchema = z.strictObject({ encryption: z.object(encryption) });

/** The body of "Update an encryption type". Other members are ignored. */
export const updateEncryptionSchema = z.strictObject({ encryption: z.object(encryption).partial() });

const extraSpecs = z.record(z.string(), z.string().nullable());
const volumeType = z.strictObject({
  id,
  name: z.string(),
  is_public: z.boolean(),
  description: z.string().nullable(),
  extra_specs: extraSpecs.meta({ description: "Those that everybody may see; for admins all." }),
  qos_specs_id: absent.meta({ description: "For admins." }).optional(),
  "os-volume-type-access:is_public": z.boolean().meta({ description: "For admins." }).optional(),
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
  cipher: z.string().nullable(),
  key_size: z.int().nullable(),
};
/** An encryption; an empty object for a type without one. */
export const encryptionShown = z.strictObject({
  volume_type_id: id.optional(),
  encryption_id: id.optional(),
  provider: encryptionFields.provider.optional(),
  control_location: encryptionFields.control_location.optional(),
  cipher: encryptionFields.cipher.optional(),
  key_size: encryptionFields.key_size.optional(),
  created_at: time.optional(),
  updated_at: time.nullable().optional(),
  deleted: z.literal(false).optional(),
  deleted_at: absent.optional(),
});
export const encryptionChanged = z.strictObject({
  encryption: z.looseObject({ volume_type_id: id.optional(), encryption_id: id.optional() }),
});
/** One member of an object, under its name. */
export const memberShown = z.record(z.string(), z.union([z.string(), z.int(), z.boolean(), z.null()]));
