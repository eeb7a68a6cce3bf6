import * as z from "zod";
import { boolean, MAX_LENGTH, uuid } from "../http/fields.ts";
import { type Microversion, TRANSFER_WITH_SNAPSHOTS } from "../http/microversions.ts";
import { id, links, nextLinks, owner, time } from "../openapi/shapes.ts";

const INVALID_TIME = "is not a 'date-time' in UTC, such as 2030-01-01T00:00:00Z";

/** A name, or null: 1 to 255 characters (code points) without the blanks around it. */
const name = z
  .union(
    [z.string().meta({ pattern: "\\S", maxLength: MAX_LENGTH }), z.null()],
    "is not valid under any of the given schemas",
  )
  .transform((text) => text?.trim() ?? null)
  .refine(
    (text) => text === null || (text !== "" && [...text].length <= MAX_LENGTH),
    "is not valid under any of the given schemas",
  )
  .optional();

/** A time, ISO 8601 in UTC, with or without the zone; the output is milliseconds since the epoch. */
const utc = z
  .string()
  .meta({ format: "date-time", examples: ["2030-01-01T00:00:00Z"] })
  .regex(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|\+00:00)?$/, INVALID_TIME)
  .refine(exists, INVALID_TIME)
  .transform((text) => Date.parse(`${text.slice(0, 19).replace(" ", "T")}${/\.\d{1,3}/.exec(text) ?? ""}Z`))
  .refine((time) => !Number.isNaN(time), INVALID_TIME);

/** Returns whether a time exists: JavaScript reads 30 February as 2 March, and 24:00 as the next day. */
function exists(text: string): boolean {
  const time = Date.parse(`${text.slice(0, 19).replace(" ", "T")}Z`);
  return (
    !Number.isNaN(time) && new Date(time).toISOString().slice(0, 19) === text.slice(0, 19).replace(" ", "T")
  );
}

/** Fields that Cinder's transfers do not have. */
const extensions = {
  expires_at: utc.nullish().meta({ description: "When the transfer expires, UTC." }),
  destination_project_id: z
    .string()
    .min(1, "is too short")
    .max(255, "is too long")
    .nullish()
    .meta({ description: "The only project that may accept." }),
};

const transfer = { volume_id: uuid, name, ...extensions };
const createTransfer = z.strictObject({ transfer: z.strictObject(transfer) });
const createTransferWithSnapshots = z.strictObject({
  transfer: z.strictObject({ ...transfer, no_snapshots: boolean.optional() }),
});

/** The body of "Create a volume transfer", and `expires_at` and `destination_project_id`. */
export const createTransferSchema = (
  microversion: Microversion,
): typeof createTransferWithSnapshots | typeof createTransfer =>
  microversion >= TRANSFER_WITH_SNAPSHOTS ? createTransferWithSnapshots : createTransfer;

const INVALID_KEY = "is not of type 'string', 'integer'";

/** The body of "Accept a volume transfer". A number is well-formed, but never the right key. */
export const acceptTransferSchema = z.strictObject({
  accept: z.strictObject({
    auth_key: z
      .union(
        [z.string(), z.number().refine(Number.isInteger, INVALID_KEY).meta({ type: "integer" })],
        INVALID_KEY,
      )
      .transform(String),
  }),
});

const summary = { id, volume_id: id, name: z.string().nullable(), links };
const detail = {
  ...summary,
  created_at: time,
  expires_at: time.meta({ description: "If the transfer was created with one." }).optional(),
  no_snapshots: z.boolean().meta({ description: "From 3.55." }).optional(),
  source_project_id: owner.meta({ description: "From 3.57." }).optional(),
  destination_project_id: owner
    .nullable()
    .meta({ description: "From 3.57; the only project that may accept, or null." })
    .optional(),
  accepted: z.literal(false).meta({ description: "From 3.57." }).optional(),
  failed_attempts: z
    .int()
    .meta({ description: "If the request asks for it with `X-Failed-Attempts`." })
    .optional(),
};

export const transferSummary = z.strictObject({ transfer: z.strictObject(summary) });
export const transferDetail = z.strictObject({ transfer: z.strictObject(detail) });
export const transferCreated = z.strictObject({
  transfer: z.strictObject({
    ...detail,
    auth_key: z
      .string()
      .length(16)
      .meta({ description: "Only this response contains it.", examples: ["7k3m9x2p5q8r4t6v"] }),
  }),
});
export const transferSummaries = z.strictObject({
  transfers: z.array(z.strictObject(summary)),
  transfers_links: nextLinks,
});
export const transferDetails = z.strictObject({
  transfers: z.array(z.strictObject(detail)),
  transfers_links: nextLinks,
});
