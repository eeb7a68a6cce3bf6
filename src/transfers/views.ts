import type { Context } from "hono";
import type { AppEnv } from "../http/context.ts";
import { type Link, resourceLinks, timestamp } from "../http/links.ts";
import { TRANSFER_WITH_HISTORY, TRANSFER_WITH_SNAPSHOTS } from "../http/microversions.ts";
import type { ClosedTransfer } from "./history.sql.ts";
import type { Preview } from "./preview.ts";
import type { Transfer } from "./rows.sql.ts";

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

/** Makes the view of a closed transfer. It has no links: no other call shows it. */
export const closed = () => (transfer: ClosedTransfer) => ({
  id: transfer.id,
  volume_id: transfer.volume_id,
  name: transfer.display_name || null,
  no_snapshots: transfer.no_snapshots,
  status: transfer.status,
  source_project_id: transfer.source_project_id,
  destination_project_id: transfer.destination_project_id,
  created_at: timestamp(transfer.created_at),
  closed_at: timestamp(transfer.closed_at),
});

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
export const previewView = ({ transfer, volume, snapshots, exceeded }: Preview, project_id: string) => ({
  id: transfer.id,
  name: transfer.display_name || null,
  created_at: timestamp(transfer.created_at),
  expires_at: timestamp(transfer.expires_at),
  source_project_id: transfer.source_project_id,
  destination_project_id: project_id,
  no_snapshots: transfer.no_snapshots,
  volume: {
    id: transfer.volume_id,
    name: volume.name,
    description: volume.description,
    size: volume.size,
    volume_type: volume.type,
  },
  snapshots,
  exceeded_quota: exceeded === undefined ? null : { name: exceeded.quota, message: exceeded.message },
});
