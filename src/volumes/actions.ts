import { VOLUME_EXTEND_INUSE, VOLUME_REVERT } from "../http/microversions.ts";
import { accepted, acceptedHtml, succeeded } from "../http/resource.ts";
import { action, describeActions } from "../openapi/describe_actions.ts";
import {
  anyArgument,
  bootableArgument,
  extendArgument,
  readonlyArgument,
  resetArgument,
  retypeArgument,
  revertArgument,
} from "./action_schemas.ts";
import { deleteVolume } from "./delete.ts";
import { extendVolume } from "./extend.ts";
import { reserveVolume, unreserveVolume } from "./reserve.ts";
import { resetVolumeStatus } from "./reset.ts";
import { retypeVolume } from "./retype.ts";
import { revertVolume } from "./revert.ts";
import { updateReadonly, updateVolume } from "./update.ts";

/** The actions of volumes. */
export const volumeActions = describeActions(
  {
    id: "actOnVolume",
    tag: "volumes",
    summary: "Extend, retype, revert, reserve, unmanage or delete a volume, or change its statuses or flags",
    description:
      "`os-reset_status`, `os-force_delete` and `os-unmanage` are for admins. `revert` is from 3.40.",
    response: { status: 202, description: "The volume is changed or deleted." },
    alternative: { status: 200, description: "The volume is changed, by `os-set_bootable`." },
    faults: [404, 409, 413],
  },
  [
    action(
      "os-reset_status",
      "volume_extension:volume_admin_actions:reset_status",
      resetArgument,
      (c, id, statuses) => resetVolumeStatus(c.var, id, statuses),
    ),
    action("os-extend", "volume:extend", extendArgument, (c, id, { new_size }) =>
      extendVolume(c.var, id, new_size, c.get("microversion") >= VOLUME_EXTEND_INUSE),
    ),
    action("os-retype", "volume:retype", retypeArgument, (c, id, { new_type }) =>
      retypeVolume(c.var, id, new_type),
    ),
    action(
      "os-set_bootable",
      "volume:update",
      bootableArgument,
      async (c, id, { bootable }) => {
        await updateVolume(c.var, id, { bootable });
      },
      succeeded,
    ),
    action(
      "revert",
      "volume:revert_to_snapshot",
      revertArgument,
      (c, id, { snapshot_id = null }) => revertVolume(c.var, id, snapshot_id),
      accepted,
      VOLUME_REVERT,
    ),
    action(
      "os-update_readonly_flag",
      "volume:update_readonly_flag",
      readonlyArgument,
      (c, id, { readonly }) => updateReadonly(c.var, id, readonly),
    ),
    action("os-reserve", "volume_extension:volume_actions:reserve", anyArgument, (c, id) =>
      reserveVolume(c.var, id),
    ),
    action("os-unreserve", "volume_extension:volume_actions:unreserve", anyArgument, (c, id) =>
      unreserveVolume(c.var, id),
    ),
    action("os-force_delete", "volume_extension:volume_admin_actions:force_delete", anyArgument, (c, id) =>
      deleteVolume(c.var, id, { force: true }),
    ),
    action(
      "os-unmanage",
      "volume_extension:volume_unmanage",
      anyArgument,
      (c, id) => deleteVolume(c.var, id, { unmanage: true }),
      acceptedHtml,
    ),
  ],
);
