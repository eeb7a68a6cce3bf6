import * as z from "zod/mini";
import { described, id, nextLinks, owner, stringMap } from "../openapi/shapes.ts";
import { EVENT_TYPES, type EventType, TYPE_PREFIX } from "./types.ts";

const time = z
  .string()
  .check(
    z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    z.meta({ description: "RFC 3339, UTC.", examples: ["2026-11-23T15:20:00.123Z"] }),
  );
const optionalText = z.nullable(z.string());

const volume = z.strictObject({
  id,
  name: optionalText,
  size: z.int().check(described("GiB.")),
  volume_type: optionalText.check(described("The name of the type.")),
  host: z.optional(
    optionalText.check(described("For admins and endpoints: where the storage is, as Cinder writes it.")),
  ),
  managed_reference: z.optional(
    z
      .nullable(stringMap)
      .check(
        described(
          "For admins and endpoints: the `ref` by which the volume was managed; null for other volumes.",
        ),
      ),
  ),
});

const transfer = z.strictObject({
  id,
  name: optionalText,
  no_snapshots: z.boolean(),
  created_at: time,
  expires_at: z.nullable(time),
});

const initiator = z
  .nullable(z.strictObject({ user_id: z.string(), project_id: owner }))
  .check(
    described(
      "Who sent the request; null for what the service did by itself, and in the feed of a project for requests of another.",
    ),
  );
const cause = { initiator, request_id: optionalText, global_request_id: optionalText };

const volumeData = z.strictObject({ volume, source_project_id: owner, ...cause });
const transferData = z.strictObject({
  transfer,
  volume,
  snapshot_ids: z.array(id).check(described("The snapshots that moved with the volume.")),
  source_project_id: owner,
  destination_project_id: z
    .nullable(owner)
    .check(described("The project that accepted, or the only one that may; null if any may.")),
  ...cause,
});

/** The schema of the CloudEvents of a type. */
const eventSchema = (type: EventType) =>
  z.strictObject({
    specversion: z.literal("1.0"),
    id: z.string().check(z.regex(/^\d+-[0-9a-f]{16}$/)),
    source: z.string(),
    type: z.literal(`${TYPE_PREFIX}${type}`),
    time,
    subject: id.check(described("The volume.")),
    datacontenttype: z.literal("application/json"),
    data: type.startsWith("volume_transfer.") ? transferData : volumeData,
  });

/** The schemas of all types of events, by the type of the CloudEvent. */
export const EVENT_SCHEMAS: Readonly<Record<string, z.ZodMiniType>> = Object.fromEntries(
  EVENT_TYPES.map((type) => [`${TYPE_PREFIX}${type}`, eventSchema(type)]),
);

/** A page of the feed. */
export const eventList = z.strictObject({
  events: z.array(z.union(EVENT_TYPES.map(eventSchema))),
  events_links: nextLinks,
});
