import type { Context } from "hono";
import type { Page } from "../db/keyset.ts";
import type { AppEnv } from "../http/context.ts";
import { nextLinks, timestamp } from "../http/links.ts";
import { GROUP_SNAPSHOTS, SNAPSHOT_LIST_USER_ID, USE_QUOTA } from "../http/microversions.ts";
import type { Snapshot } from "./snapshot.sql.ts";

/** A snapshot as lists show it. */
export const summary = (_c: Context<AppEnv>) => (snapshot: Snapshot) => ({
  id: snapshot.id,
  created_at: timestamp(snapshot.created_at),
  updated_at: timestamp(snapshot.updated_at),
  name: snapshot.display_name,
  description: snapshot.display_description,
  volume_id: snapshot.volume_id,
  status: snapshot.status,
  size: snapshot.volume_size,
  metadata: snapshot.metadata,
});

/** A snapshot in detail, as "Create a snapshot" and "Update a snapshot" answer it. */
export function detail(c: Context<AppEnv>) {
  const summarized = summary(c);
  const microversion = c.get("microversion");
  return (snapshot: Snapshot) => ({
    ...summarized(snapshot),
    ...(microversion >= GROUP_SNAPSHOTS && { group_snapshot_id: null }),
    ...(microversion >= SNAPSHOT_LIST_USER_ID && { user_id: snapshot.user_id }),
    ...(microversion >= USE_QUOTA && { consumes_quota: true }),
  });
}

/** A snapshot in detail, with what Cinder's extensions add where a snapshot is shown. */
export function extendedDetail(c: Context<AppEnv>) {
  const inDetail = detail(c);
  return (snapshot: Snapshot) => ({
    ...inDetail(snapshot),
    "os-extended-snapshot-attributes:project_id": snapshot.project_id,
    "os-extended-snapshot-attributes:progress": "100%",
  });
}

/** A page of snapshots. */
export function list<View>(
  c: Context<AppEnv>,
  page: Page,
  snapshots: readonly Snapshot[],
  view: (c: Context<AppEnv>) => (snapshot: Snapshot) => View,
) {
  const snapshots_links = nextLinks(c, page, snapshots);
  return {
    snapshots: snapshots.map(view(c)),
    ...(snapshots_links.length > 0 && { snapshots_links }),
  };
}
