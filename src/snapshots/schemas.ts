import * as z from "zod";
import { boolean, metadata, optionalText, uuid } from "../validation.ts";

/** The body of "Create a snapshot". */
export const createSnapshotSchema = z.strictObject({
  snapshot: z.strictObject({
    volume_id: uuid,
    name: optionalText,
    display_name: optionalText,
    description: optionalText,
    display_description: optionalText,
    force: boolean.optional(),
    metadata,
  }),
});

/** The body of "Update a snapshot". */
export const updateSnapshotSchema = z.strictObject({
  snapshot: z
    .strictObject({
      name: optionalText,
      display_name: optionalText,
      description: optionalText,
      display_description: optionalText,
    })
    .refine((changes) => Object.keys(changes).length > 0, "is not valid under any of the given schemas"),
});

/** Cinder's snapshot statuses. */
const STATUSES = [
  "available",
  "backing-up",
  "creating",
  "deleted",
  "deleting",
  "error",
  "error_deleting",
  "restoring",
  "unmanaging",
];

/** The body of "Perform an action on a snapshot": of Cinder's actions, the one that admins need. */
export const snapshotActionSchema = z.strictObject({
  "os-reset_status": z.strictObject({
    status: z
      .string()
      .transform((status) => status.toLowerCase())
      .refine((status) => STATUSES.includes(status), `is not one of ${STATUSES.join(", ")}`),
  }),
});
