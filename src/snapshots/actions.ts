import * as z from "zod/mini";
import { acceptedHtml } from "../http/resource.ts";
import { action, describeActions } from "../openapi/describe_actions.ts";
import { deleteSnapshot } from "./delete.ts";
import { resetStatusArgument, updateStatusArgument } from "./schemas.ts";
import { resetSnapshotStatus, updateSnapshotStatus } from "./update.ts";

/** The actions of snapshots. */
export const snapshotActions = describeActions(
  {
    id: "actOnSnapshot",
    tag: "snapshots",
    summary: "Reset or update a snapshot's status, unmanage it, or delete it in any status",
    description: "`os-reset_status`, `os-unmanage` and `os-force_delete` are for admins.",
    response: { status: 202, description: "The snapshot is changed or deleted." },
    faults: [404],
  },
  [
    action(
      "os-reset_status",
      "volume_extension:snapshot_admin_actions:reset_status",
      resetStatusArgument,
      (c, id, { status }) => resetSnapshotStatus(c.var, id, status),
    ),
    action(
      "os-update_snapshot_status",
      "snapshot_extension:snapshot_actions:update_snapshot_status",
      updateStatusArgument,
      (c, id, { status, progress }) => updateSnapshotStatus(c.var, id, status, progress ?? undefined),
      acceptedHtml,
    ),
    action(
      "os-unmanage",
      "snapshot_extension:snapshot_unmanage",
      z.unknown(),
      (c, id) => deleteSnapshot(c.var, id, false),
      acceptedHtml,
    ),
    action(
      "os-force_delete",
      "volume_extension:snapshot_admin_actions:force_delete",
      // Cinder takes any value.
      z.unknown(),
      (c, id) => deleteSnapshot(c.var, id, true),
    ),
  ],
);
