import * as z from "zod";

// The bodies of responses, with exactly the documented members.

const id = z.guid();
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/);
const links = z.array(z.strictObject({ rel: z.string(), href: z.url() })).min(1);
const summary = { id, volume_id: id, name: z.string().nullable(), links };
const auth_key = z.string().min(1);

const detail = (minor: number) => ({
  ...summary,
  created_at: time,
  ...(minor >= 55 && { no_snapshots: z.boolean() }),
  ...(minor >= 57 && {
    source_project_id: z.string(),
    destination_project_id: z.string().nullable(),
    accepted: z.literal(false),
  }),
});

export const acceptedTransfer = z.strictObject({ transfer: z.strictObject(summary) });
export const createdTransfer = (minor: number) =>
  z.strictObject({ transfer: z.strictObject({ ...detail(minor), auth_key }) });
export const shownTransfer = (minor: number) => z.strictObject({ transfer: z.strictObject(detail(minor)) });

const page = {
  transfers_links: z.array(z.strictObject({ rel: z.literal("next"), href: z.url() })).optional(),
};
const page59 = (minor: number) => (minor >= 59 ? page : {});
export const transferSummaries = (minor: number) =>
  z.strictObject({ transfers: z.array(z.strictObject(summary)), ...page59(minor) });
export const transferDetails = (minor: number) =>
  z.strictObject({ transfers: z.array(z.strictObject(detail(minor))), ...page59(minor) });

// The parts of a body that other rules read.

/** A new transfer. */
export const offered = z.looseObject({
  transfer: z.looseObject({ id, volume_id: id, name: z.string().nullable(), auth_key }),
});
/** A page of transfers. */
export const listed = z.looseObject({
  transfers: z.array(z.looseObject({ id, volume_id: id, name: z.string().nullable() })),
  transfers_links: page.transfers_links,
});
const shown = z.looseObject({ id, status: z.string(), name: z.string().nullish() });
export const volume = z.looseObject({ volume: shown });
export const volumes = z.looseObject({ volumes: z.array(shown) });
export const snapshot = z.looseObject({ snapshot: shown });
export const shownSnapshot = z.looseObject({ snapshot: z.looseObject({ volume_id: z.string() }) });
export const snapshots = z.looseObject({ snapshots: z.array(shown) });
export const volumeType = z.looseObject({ volume_type: z.looseObject({ id: z.string(), name: z.string() }) });

const quota = z.looseObject({ in_use: z.number(), reserved: z.number() });
export const quotaSet = z.looseObject({
  quota_set: z.looseObject({ volumes: quota, gigabytes: quota, snapshots: quota }),
});

export const versions = z.looseObject({
  versions: z.array(
    z.looseObject({ id: z.string(), version: z.string(), min_version: z.string(), status: z.string() }),
  ),
});
