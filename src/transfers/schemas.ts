import * as z from "zod";
import { type Microversion, TRANSFER_WITH_SNAPSHOTS } from "../microversions.ts";
import { boolean, uuid } from "../validation.ts";

/** A name without the blanks around it, 1 to 255 characters (code points), or none. */
const name = z
  .union([z.string(), z.null()], "is not valid under any of the given schemas")
  .transform((text) => text?.trim() ?? null)
  .refine(
    (text) => text === null || (text !== "" && [...text].length <= 255),
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

/** The body of "Accept a volume transfer". A key that is a number is no key of ours, but well-formed. */
export const acceptTransferSchema = z.strictObject({
  accept: z.strictObject({
    auth_key: z
      .union([z.string(), z.number().refine(Number.isInteger)], "is not of type 'string', 'integer'")
      .transform(String),
  }),
});
