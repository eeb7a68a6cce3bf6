import type { Context } from "hono";
import { lastUpdateOf } from "../db/schema/index.ts";
import type { AppEnv } from "../http/context.ts";
import { timestamp } from "../http/links.ts";
import { GROUP_SNAPSHOTS, SNAPSHOT_LIST_USER_ID, USE_QUOTA } from "../http/microversions.ts";
import type { Snapshot } from "./rows.sql.ts";

/** Makes the view in lists. */
export const summary = (_c: Context<AppEnv>) => (snapshot: Snapshot) => ({
  id: snapshot.id,
  created_at: timestamp(snapshot.created_at),
  updated_at: timestamp(lastUpdateOf(snapshot)),
  name: snapshot.display_name,
  description: snapshot.display_description,
  volume_id: snapshot.volume_id,
  status: snapshot.status,
  size: snapshot.volume_size,
  metadata: snapshot.metadata,
});

/** Returns the group snapshot that a snapshot from a Cinder is part of. This service makes none. */
function groupSnapshotId({ imported_fields }: Snapshot): string | null {
  const id = imported_fields?.group_snapshot_id;
  return typeof id === "string" ? id : null;
}

/** Makes the view in the responses of "Create a snapshot" and "Manage an existing snapshot": Cinder has not updated it. */
export const created = (c: Context<AppEnv>) => (snapshot: Snapshot) => ({
  ...detail(c)(snapshot),
  updated_at: null,
});

/** Makes the detailed view in the response of "Update a snapshot". */
export function detail(c: Context<AppEnv>) {
  const summarized = summary(c);
  const microversion = c.get("microversion");
  return (snapshot: Snapshot) => ({
    ...summarized(snapshot),
    ...(microversion >= GROUP_SNAPSHOTS && { group_snapshot_id: groupSnapshotId(snapshot) }),
    ...(microversion >= SNAPSHOT_LIST_USER_ID && { user_id: snapshot.user_id }),
    ...(microversion >= USE_QUOTA && { consumes_quota: true }),
  });
}

/** Makes the detailed view with the attributes of Cinder's extensions. */
export function extendedDetail(c: Context<AppEnv>) {
  const inDetail = detail(c);
  return (snapshot: Snapshot) => ({
    ...inDetail(snapshot),
    "os-extended-snapshot-attributes:project_id": snapshot.project_id,
    "os-extended-snapshot-attributes:progress": snapshot.progress ?? "100%",
  });
}
