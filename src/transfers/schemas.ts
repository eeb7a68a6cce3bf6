import * as z from "zod";
import { type Microversion, TRANSFER_WITH_SNAPSHOTS } from "../microversions.ts";
import { id, links, nextLinks, owner, time } from "../openapi/shapes.ts";
import { boolean, MAX_LENGTH, uuid } from "../validation.ts";

/** A name without the blanks around it, 1 to 255 characters (code points), or none. */
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

const transfer = { volume_id: uuid, name };
const createTransfer = z.strictObject({ transfer: z.strictObject(transfer) });
const createTransferWithSnapshots = z.strictObject({
  transfer: z.strictObject({ ...transfer, no_snapshots: boolean.optional() }),
});

/** The body of "Create a volume transfer". */
export const createTransferSchema = (
  microversion: Microversion,
): typeof createTransferWithSnapshots | typeof createTransfer =>
  microversion >= TRANSFER_WITH_SNAPSHOTS ? createTransferWithSnapshots : createTransfer;

const NO_KEY = "is not of type 'string', 'integer'";

/** The body of "Accept a volume transfer". A key that is a number is no key of ours, but well-formed. */
export const acceptTransferSchema = z.strictObject({
  accept: z.strictObject({
    auth_key: z
      .union([z.string(), z.number().refine(Number.isInteger, NO_KEY).meta({ type: "integer" })], NO_KEY)
      .transform(String),
  }),
});

const summary = { id, volume_id: id, name: z.string().nullable(), links };
const detail = {
  ...summary,
  created_at: time,
  no_snapshots: z.boolean().meta({ description: "From 3.55." }).optional(),
  source_project_id: owner.meta({ description: "From 3.57." }).optional(),
  destination_project_id: z
    .null()
    .meta({ description: "From 3.57; nobody has accepted a live offer." })
    .optional(),
  accepted: z.literal(false).meta({ description: "From 3.57." }).optional(),
};

export const transferSummary = z.strictObject({ transfer: z.strictObject(summary) });
export const transferDetail = z.strictObject({ transfer: z.strictObject(detail) });
export const transferCreated = z.strictObject({
  transfer: z.strictObject({
    ...detail,
    auth_key: z
      .string()
      .length(16)
      .meta({ description: "Told this once.", examples: ["7k3m9x2p5q8r4t6v"] }),
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
