import * as z from "zod/mini";
import { boolean, metadata, optionalText, trimmedDescription, uuid, uuidOrNull } from "../http/fields.ts";
import { REFERENCE_NAME } from "../http/reference.ts";
import { described, id, nextLinks, owner, stringMap, time } from "../openapi/shapes.ts";
import { SNAPSHOT_STATUSES } from "./statuses.ts";

/** The body of "Create a snapshot". */
export const createSnapshotSchema = z.strictObject({
  snapshot: z.strictObject({
    // No volume has the id null: the response is a 404.
    volume_id: uuidOrNull,
    name: optionalText,
    display_name: optionalText,
    description: trimmedDescription,
    force: z.optional(boolean),
    metadata,
  }),
});

/** The body of "Manage an existing snapshot". */
export const manageSnapshotSchema = z.strictObject({
  snapshot: z.strictObject({
    volume_id: uuid,
    ref: z.record(z.string(), z.unknown(), "is not of type 'object'").check(
      z.meta({
        description: "What the storage is called where it is.",
        properties: { "source-name": REFERENCE_NAME, "source-id": REFERENCE_NAME },
        additionalProperties: REFERENCE_NAME,
        minProperties: 1,
        propertyNames: undefined,
      }),
    ),
    name: optionalText,
    description: trimmedDescription,
    metadata,
  }),
});

/** The body of "Update a snapshot". */
export const updateSnapshotSchema = z.strictObject({
  snapshot: z
    .strictObject({
      name: optionalText,
      display_name: optionalText,
      description: trimmedDescription,
      display_description: trimmedDescription,
    })
    .check(
      z.refine((changes) => Object.keys(changes).length > 0, "is not valid under any of the given schemas"),
      z.meta({ minProperties: 1 }),
    ),
});

/** The argument of the action "Reset a snapshot's status". */
export const resetStatusArgument = z.strictObject({
  status: z.string().check(z.meta({ enum: [...SNAPSHOT_STATUSES] })),
});

/** The argument of the action "Update status of a snapshot". */
export const updateStatusArgument = z.strictObject({
  status: z.string(),
  progress: z.nullish(z.string()).check(z.meta({ pattern: "^(100|[0-9]{1,2})%$" })),
});

const count = z.optional(
  z.int().check(z.minimum(0), described("The number on all pages; from 3.45, with `with_count`.")),
);
const snapshotSummary = {
  id,
  created_at: time,
  updated_at: z.nullable(time),
  name: z.nullable(z.string()),
  description: z.nullable(z.string()),
  volume_id: id,
  status: z.enum(SNAPSHOT_STATUSES),
  size: z.int().check(z.minimum(1), described("GiB.")),
  metadata: stringMap,
};
const snapshotDetail = {
  ...snapshotSummary,
  group_snapshot_id: z.optional(z.nullable(id).check(described("From 3.14."))),
  user_id: z.optional(owner.check(described("From 3.41."))),
  consumes_quota: z.optional(z.literal(true).check(described("From 3.65."))),
};
const extendedSnapshot = z.strictObject({
  ...snapshotDetail,
  "os-extended-snapshot-attributes:project_id": owner,
  "os-extended-snapshot-attributes:progress": z.string().check(z.regex(/^(100|\d{1,2})%$/)),
});

export const snapshotShown = z.strictObject({ snapshot: extendedSnapshot });
export const snapshotChanged = z.strictObject({ snapshot: z.strictObject(snapshotDetail) });
export const snapshotSummaries = z.strictObject({
  snapshots: z.array(z.strictObject(snapshotSummary)),
  snapshots_links: nextLinks,
  count,
});
export const snapshotDetails = z.strictObject({
  snapshots: z.array(extendedSnapshot),
  snapshots_links: nextLinks,
  count,
});
