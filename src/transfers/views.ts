import type { Context } from "hono";
import { isAdmin } from "../http/caller.ts";
import type { AppEnv } from "../http/context.ts";
import { parseBoolean } from "../http/fields.ts";
import { type Link, resourceLinks, timestamp } from "../http/links.ts";
import { TRANSFER_WITH_HISTORY, TRANSFER_WITH_SNAPSHOTS } from "../http/microversions.ts";
import type { ClosedTransfer } from "./history.sql.ts";
import type { IncomingTransfer } from "./incoming.sql.ts";
import type { FollowedTransfer } from "./list.sql.ts";
import type { Preview } from "./preview.ts";
import type { Moved, Transfer } from "./rows.sql.ts";

// A view is prepared once for a request and then applied to each item, because a page can have a thousand items.

/** Makes the links, which as in Cinder contain the older path at every microversion. */
const links = (c: Context<AppEnv>) => resourceLinks(c, "os-volume-transfer");

/** Makes the view in lists and in the response of "Accept a volume transfer". */
export function summary(c: Context<AppEnv>) {
  const linksOf = links(c);
  return (transfer: Transfer) => ({
    id: transfer.id,
    volume_id: transfer.volume_id,
    name: transfer.display_name || null,
    links: linksOf(transfer.id),
  });
}

/** Makes the detailed view at the request's microversion. */
export function detail(c: Context<AppEnv>) {
  const linksOf = links(c);
  const microversion = c.get("microversion");
  const withSnapshots = microversion >= TRANSFER_WITH_SNAPSHOTS;
  const withHistory = microversion >= TRANSFER_WITH_HISTORY;
  return (transfer: Transfer) => {
    const view: Detail = {
      id: transfer.id,
      created_at: timestamp(transfer.created_at),
      name: transfer.display_name || null,
      volume_id: transfer.volume_id,
      links: linksOf(transfer.id),
    };
    if (transfer.expires_at_shown) view.expires_at = timestamp(transfer.expires_at);
    if (withSnapshots) view.no_snapshots = transfer.no_snapshots;
    if (withHistory) {
      view.destination_project_id = transfer.destination_project_id;
      view.source_project_id = transfer.source_project_id;
      // Only open transfers are shown, which no project has accepted.
      view.accepted = false;
    }
    return view;
  };
}

/** Makes the view in the list of incoming transfers. It has no links: only the owner's project can show the transfer. */
export const incomingSummary = () => (transfer: IncomingTransfer) => ({
  id: transfer.id,
  volume_id: transfer.volume_id,
  name: transfer.display_name || null,
});

/** Makes the detailed view of an incoming transfer. Cinder has none, so it does not depend on the microversion. */
export const incomingDetail = () => (transfer: IncomingTransfer) => ({
  id: transfer.id,
  name: transfer.display_name || null,
  created_at: timestamp(transfer.created_at),
  expires_at: timestamp(transfer.expires_at),
  source_project_id: transfer.source_project_id,
  require_key: transfer.key_required,
  no_snapshots: transfer.no_snapshots,
  ...moved(transfer),
});

/** Makes the part of a view with the volume and the snapshots that an accept would move. */
const moved = (transfer: Transfer & Moved) => ({
  volume: {
    id: transfer.volume_id,
    name: transfer.volume_name,
    description: transfer.volume_description,
    size: transfer.size,
    volume_type: transfer.volume_type,
  },
  snapshots: { count: transfer.snapshots, gigabytes: transfer.snapshot_gigabytes },
});

/** Makes the part of a view that only the owner sees: the first and the last preview by another project, or null. */
const receipts = (transfer: ClosedTransfer | FollowedTransfer) => ({
  first_preview: receipt(transfer.first_previewed_at, transfer.first_previewed_by),
  last_preview: receipt(transfer.last_previewed_at, transfer.last_previewed_by),
});

const receipt = (time: number | null, project_id: string | null) =>
  time === null ? null : { previewed_at: timestamp(time), project_id };

const asksFor =
  (header: string) =>
  (c: Context<AppEnv>): boolean =>
    parseBoolean(c.req.header(header));

/** Returns whether the request asks for the number of failed attempts. */
export const asksForFailedAttempts = asksFor("X-Failed-Attempts");

/** Returns whether the request asks for the fields of `followed`. */
export const asksForReceipts = asksFor("X-Receipts");

/** Makes the detailed view with the fields of `followed`. */
export function followedDetail(c: Context<AppEnv>) {
  const view = detail(c);
  return (transfer: FollowedTransfer) => ({ ...view(transfer), ...followed(transfer) });
}

/** Makes the fields by which the owner of an open transfer follows it: `X-Receipts` asks for them. */
export const followed = (transfer: FollowedTransfer) => ({
  // Also one that the configuration gave.
  ...(transfer.expires_at !== null && { expires_at: timestamp(transfer.expires_at) }),
  require_key: transfer.key_required,
  volume: { name: transfer.volume_name, size: transfer.volume_size },
  ...receipts(transfer),
});

/** Returns how a closed transfer ended, for `ended_as`. */
const ending = ({ status, replaced }: ClosedTransfer) => {
  if (status !== "deleted") return status;
  return replaced === 1 ? "replaced" : "withdrawn";
};

/**
 * Makes the view of a closed transfer. It has no links: no other call shows it. The project that has accepted it does
 * not see the owner's receipts.
 */
export const closed = (c: Context<AppEnv>) => (transfer: ClosedTransfer) => ({
  id: transfer.id,
  volume_id: transfer.volume_id,
  volume_name: transfer.volume_name,
  name: transfer.display_name || null,
  no_snapshots: transfer.no_snapshots,
  status: transfer.status,
  ended_as: ending(transfer),
  decline_reason: transfer.decline_reason,
  ...(isOwner(c, transfer) && receipts(transfer)),
  source_project_id: transfer.source_project_id,
  destination_project_id: transfer.destination_project_id,
  created_at: timestamp(transfer.created_at),
  closed_at: timestamp(transfer.closed_at),
});

const isOwner = (
  c: Context<AppEnv>,
  { source_project_id }: { readonly source_project_id: string },
): boolean => {
  const identity = c.get("identity");
  return isAdmin(identity) || identity.project_id === source_project_id;
};

interface Detail {
  readonly id: string;
  readonly created_at: string;
  readonly name: string | null;
  readonly volume_id: string;
  readonly links: Link[];
  expires_at?: string | null;
  no_snapshots?: boolean;
  destination_project_id?: string | null;
  source_project_id?: string;
  accepted?: false;
}

/**
 * Makes the view of a preview. Cinder has none, so it does not depend on the microversion.
 *
 * @param project_id the caller's project
 */
export const previewView = ({ transfer, exceeded }: Preview, project_id: string) => ({
  id: transfer.id,
  name: transfer.display_name || null,
  created_at: timestamp(transfer.created_at),
  expires_at: timestamp(transfer.expires_at),
  source_project_id: transfer.source_project_id,
  destination_project_id: project_id,
  no_snapshots: transfer.no_snapshots,
  ...moved(transfer),
  exceeded_quota: exceeded === undefined ? null : { name: exceeded.quota, message: exceeded.message },
});
