import { VOLUME_EXTEND_INUSE } from "../http/microversions.ts";
import { succeeded } from "../http/resource.ts";
import { action, describeActions } from "../openapi/describe_actions.ts";
import {
  anyArgument,
  bootableArgument,
  extendArgument,
  readonlyArgument,
  resetArgument,
  retypeArgument,
} from "./action_schemas.ts";
import { deleteVolume } from "./delete.ts";
import { extendVolume } from "./extend.ts";
import { reserveVolume, unreserveVolume } from "./reserve.ts";
import { resetVolumeStatus } from "./reset.ts";
import { retypeVolume } from "./retype.ts";
import { updateReadonly, updateVolume } from "./update.ts";

/** The actions of volumes. */
export const volumeActions = describeActions(
  {
    id: "actOnVolume",
    tag: "volumes",
    summary: "Extend, retype, reserve, unmanage or delete a volume, or change its statuses or flags",
    description: "`os-reset_status`, `os-force_delete` and `os-unmanage` are for admins.",
    response: { status: 202, description: "The volume is changed or deleted." },
    alternative: { status: 200, description: "The volume is changed, by `os-set_bootable`." },
    faults: [404, 413],
  },
  [
    action(
      "os-reset_status",
      "volume_extension:volume_admin_actions:reset_status",
      resetArgument,
      async (c, id, statuses) => {
        await resetVolumeStatus(c.var, id, statuses);
        return undefined;
      },
    ),
    action("os-extend", "volume:extend", extendArgument, async (c, id, { new_size }) => {
      await extendVolume(c.var, id, new_size, c.get("microversion") >= VOLUME_EXTEND_INUSE);
      return undefined;
    }),
    action("os-retype", "volume:retype", retypeArgument, async (c, id, { new_type }) => {
      await retypeVolume(c.var, id, new_type);
      return undefined;
    }),
    action("os-set_bootable", "volume:update", bootableArgument, async (c, id, { bootable }) => {
      await updateVolume(c.var, id, { bootable });
      return succeeded(c);
    }),
    action(
      "os-update_readonly_flag",
      "volume:update_readonly_flag",
      readonlyArgument,
      async (c, id, { readonly }) => {
        await updateReadonly(c.var, id, readonly);
        return undefined;
      },
    ),
    action("os-reserve", "volume_extension:volume_actions:reserve", anyArgument, async (c, id) => {
      await reserveVolume(c.var, id);
      return undefined;
    }),
    action("os-unreserve", "volume_extension:volume_actions:unreserve", anyArgument, async (c, id) => {
      await unreserveVolume(c.var, id);
      return undefined;
    }),
    action(
      "os-force_delete",
      "volume_extension:volume_admin_actions:force_delete",
      anyArgument,
      async (c, id) => {
        await deleteVolume(c.var, id, { force: true });
        return undefined;
      },
    ),
    action("os-unmanage", "volume_extension:volume_unmanage", anyArgument, async (c, id) => {
      await deleteVolume(c.var, id, { unmanage: true });
      return undefined;
    }),
  ],
);
