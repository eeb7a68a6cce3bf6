import type { Context } from "hono";
import type { Page } from "../db/keyset.ts";
import type { AppEnv } from "../http/context.ts";
import { type Link, nextLinks, resourceLinks, timestamp } from "../http/links.ts";
import {
  SUPPORT_TRANSFER_PAGINATION,
  TRANSFER_WITH_HISTORY,
  TRANSFER_WITH_SNAPSHOTS,
} from "../http/microversions.ts";
import type { Transfer } from "./transfer.sql.ts";

// Each view is made for a request, and then for as many transfers as it shows: of what a long list takes, most is
// what is done for each of its items.

/** Links name the older path at every microversion, as Cinder's do. */
const links = (c: Context<AppEnv>) => resourceLinks(c, "os-volume-transfer");

/** A transfer as lists and "Accept a volume transfer" show it. */
export function summary(c: Context<AppEnv>) {
  const linksOf = links(c);
  return (transfer: Transfer) => ({
    id: transfer.id,
    volume_id: transfer.volume_id,
    name: transfer.display_name || null,
    links: linksOf(transfer.id),
  });
}

/** A transfer in detail: as much of it as the microversion knows. */
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
      // What is shown is a live offer: nobody has accepted it yet, and its destination is the one it is bound to.
      view.accepted = false;
    }
    return view;
  };
}

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

/** A page of transfers. */
export function list<View>(
  c: Context<AppEnv>,
  page: Page,
  transfers: readonly Transfer[],
  view: (c: Context<AppEnv>) => (transfer: Transfer) => View,
) {
  const transfers_links =
    c.get("microversion") >= SUPPORT_TRANSFER_PAGINATION ? nextLinks(c, page, transfers) : [];
  return {
    transfers: transfers.map(view(c)),
    ...(transfers_links.length > 0 && { transfers_links }),
  };
}
