import * as z from "zod/mini";
import { CLOSED_STATUSES } from "../db/schema/index.ts";
import { boolean, integer, MAX_LENGTH, uuid } from "../http/fields.ts";
import { type Microversion, TRANSFER_WITH_SNAPSHOTS } from "../http/microversions.ts";
import { described, id, links, nextLinks, owner, time } from "../openapi/shapes.ts";

const INVALID_TIME = "is not a 'date-time' in UTC, such as 2030-01-01T00:00:00Z";

const INVALID_NAME = "is not valid under any of the given schemas";
const textOrNull = z.union(
  [z.string().check(z.meta({ pattern: "\\S", maxLength: MAX_LENGTH })), z.null()],
  INVALID_NAME,
);

/** A name, or null: 1 to 255 characters (code points) without the blanks around it. */
const name = z.optional(
  z
    .pipe(
      textOrNull,
      z.transform((text) => text?.trim() ?? null),
    )
    .check(
      z.refine((text) => text === null || (text !== "" && [...text].length <= MAX_LENGTH), INVALID_NAME),
    ),
);

/** A time, ISO 8601 in UTC, with or without the zone; the output is milliseconds since the epoch. */
const utc = z
  .pipe(
    z
      .string()
      .check(
        z.meta({ format: "date-time", examples: ["2030-01-01T00:00:00Z"] }),
        z.regex(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|\+00:00)?$/, INVALID_TIME),
        z.refine(exists, INVALID_TIME),
      ),
    z.transform((text) =>
      Date.parse(`${text.slice(0, 19).replace(" ", "T")}${/\.\d{1,3}/.exec(text) ?? ""}Z`),
    ),
  )
  .check(z.refine((time) => !Number.isNaN(time), INVALID_TIME));

/** Returns whether a time exists: JavaScript reads 30 February as 2 March, and 24:00 as the next day. */
function exists(text: string): boolean {
  const time = Date.parse(`${text.slice(0, 19).replace(" ", "T")}Z`);
  return (
    !Number.isNaN(time) && new Date(time).toISOString().slice(0, 19) === text.slice(0, 19).replace(" ", "T")
  );
}

/** Fields that Cinder's transfers do not have. */
const extensions = {
  expires_at: z.nullish(utc).check(described("When the transfer expires, UTC.")),
  destination_project_id: z
    .nullish(z.string().check(z.minLength(1, "is too short"), z.maxLength(255, "is too long")))
    .check(described("The only project that may accept.")),
  require_key: z
    .optional(boolean)
    .check(described("If false, members of the `destination_project_id` need no `auth_key`.")),
};

const transfer = { volume_id: uuid, name, ...extensions };
const createTransfer = z.strictObject({ transfer: z.strictObject(transfer) });
const createTransferWithSnapshots = z.strictObject({
  transfer: z.strictObject({ ...transfer, no_snapshots: z.optional(boolean) }),
});

/** The body of "Create a volume transfer", and `expires_at` and `destination_project_id`. */
export const createTransferSchema = (
  microversion: Microversion,
): typeof createTransferWithSnapshots | typeof createTransfer =>
  microversion >= TRANSFER_WITH_SNAPSHOTS ? createTransferWithSnapshots : createTransfer;

/** The same under the older path, at every microversion. */
export const createTransferOnOlderPathSchema = createTransfer;

/** Returns the values of a new transfer that a body has. */
export const transferInput = ({
  transfer: { volume_id, name, destination_project_id, require_key, expires_at, ...rest },
}: z.output<typeof createTransferWithSnapshots> | z.output<typeof createTransfer>) => ({
  volume_id,
  display_name: name ?? null,
  no_snapshots: "no_snapshots" in rest && rest.no_snapshots === true,
  destination_project_id: destination_project_id ?? null,
  key_required: require_key ?? true,
  expires_at: expires_at ?? null,
});

const INVALID_KEY = "is not of type 'string', 'integer'";

/** An `auth_key`. A number is well-formed, but never the right key. Without it the transfer must need none. */
const auth_key = z.optional(
  z.pipe(z.union([z.string(), integer(INVALID_KEY)], INVALID_KEY), z.transform(String)),
);
const withAuthKey = z.strictObject({ auth_key });

/** The body of "Accept a volume transfer". */
export const acceptTransferSchema = z.strictObject({ accept: withAuthKey });

/** The body of a preview. */
export const previewTransferSchema = z.strictObject({ preview: withAuthKey });

const TOO_LONG = "is too long";

/** The body of a decline. */
export const declineTransferSchema = z.strictObject({
  decline: z.strictObject({
    auth_key,
    reason: z.nullish(
      z.string().check(
        z.refine((text) => [...text].length <= MAX_LENGTH, TOO_LONG),
        z.meta({ maxLength: MAX_LENGTH, description: "What the owner of the volume reads." }),
      ),
    ),
  }),
});

const summary = { id, volume_id: id, name: z.nullable(z.string()), links };
const WITH_RECEIPTS = "If the request asks for it with `X-Receipts`.";
const preview = z
  .nullable(z.strictObject({ previewed_at: time, project_id: owner }))
  .check(described(`A preview by another project, for the owner. ${WITH_RECEIPTS}`));
const detail = {
  ...summary,
  created_at: time,
  expires_at: z.optional(time.check(described("If the transfer was created with one."))),
  no_snapshots: z.optional(z.boolean().check(described("From 3.55."))),
  source_project_id: z.optional(owner.check(described("From 3.57."))),
  destination_project_id: z.optional(
    z.nullable(owner).check(described("From 3.57; the only project that may accept, or null.")),
  ),
  accepted: z.optional(z.literal(false).check(described("From 3.57."))),
  failed_attempts: z.optional(
    z.int().check(described("If the request asks for it with `X-Failed-Attempts`.")),
  ),
  require_key: z.optional(z.boolean().check(described(WITH_RECEIPTS))),
  volume: z.optional(
    z
      .strictObject({ name: z.nullable(z.string()), size: z.int() })
      .check(described(`${WITH_RECEIPTS} The size is in GiB.`)),
  ),
  first_preview: z.optional(preview),
  last_preview: z.optional(preview),
};

export const transferSummary = z.strictObject({ transfer: z.strictObject(summary) });
export const transferDetail = z.strictObject({ transfer: z.strictObject(detail) });
export const transferCreated = z.strictObject({
  transfer: z.strictObject({
    ...detail,
    auth_key: z.string().check(
      z.maxLength(16),
      z.meta({
        description: "Only this response contains it. Empty if none is required.",
        examples: ["7k3m9x2p5q8r4t6v"],
      }),
    ),
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

const previewedVolume = z.strictObject({
  id,
  name: z.nullable(z.string()),
  description: z.nullable(z.string()),
  size: z.int().check(described("GiB.")),
  volume_type: z.string(),
});
const previewedSnapshots = z
  .strictObject({ count: z.int(), gigabytes: z.int().check(described("GiB.")) })
  .check(described("The snapshots that move with the volume."));

export const transferPreview = z.strictObject({
  preview: z.strictObject({
    id,
    name: z.nullable(z.string()),
    created_at: time,
    expires_at: z.nullable(time).check(described("When the transfer expires; null if it does not.")),
    source_project_id: owner,
    destination_project_id: owner.check(described("The caller's project, which would get the volume.")),
    no_snapshots: z.boolean(),
    volume: previewedVolume,
    snapshots: previewedSnapshots,
    exceeded_quota: z
      .nullable(z.strictObject({ name: z.string(), message: z.string() }))
      .check(described("The quota of the caller's project that has no room; null if all have.")),
  }),
});

const incoming = { id, name: z.nullable(z.string()) };
export const incomingSummaries = z.strictObject({
  transfers: z.array(z.strictObject({ ...incoming, volume_id: id })),
  transfers_links: nextLinks,
});
export const incomingDetails = z.strictObject({
  transfers: z.array(
    z.strictObject({
      ...incoming,
      created_at: time,
      expires_at: z.nullable(time),
      source_project_id: owner,
      require_key: z.boolean().check(described("Whether an accept needs the `auth_key`.")),
      no_snapshots: z.boolean(),
      volume: previewedVolume,
      snapshots: previewedSnapshots,
    }),
  ),
  transfers_links: nextLinks,
});

export const closedTransfers = z.strictObject({
  transfers: z.array(
    z.strictObject({
      id,
      volume_id: id,
      volume_name: z
        .nullable(z.string())
        .check(described("The name that the volume had when it was offered; null if it had none.")),
      name: z.nullable(z.string()),
      no_snapshots: z.boolean(),
      status: z.enum(CLOSED_STATUSES),
      ended_as: z
        .enum(["accepted", "declined", "withdrawn", "expired", "replaced"])
        .check(
          described("Why it ended: `replaced` by another transfer of the volume, or one of the others."),
        ),
      decline_reason: z.nullable(z.string()),
      first_preview: z.optional(preview),
      last_preview: z.optional(preview),
      source_project_id: owner,
      destination_project_id: z
        .nullable(owner)
        .check(described("The project that accepted, or the only one that could; null if any could.")),
      created_at: time,
      closed_at: time,
    }),
  ),
  transfers_links: nextLinks,
});

export const transfersVersion = z.strictObject({
  version: z.string().check(described("Another one after each change.")),
});
