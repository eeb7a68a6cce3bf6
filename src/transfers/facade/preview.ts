import * as z from "zod/mini";
import type { RequestContext } from "../../http/context.ts";
import { exceededBy, startAttempt, transferRefusal } from "../attempt.ts";
import type { TransferRefusal } from "../faults.ts";
import type { Preview } from "../preview.ts";
import type { Cinder } from "./cinder.ts";
import { previewStatements } from "./preview.sql.ts";

const limitsSchema = z.object({
  limits: z.object({
    absolute: z.object({
      maxTotalVolumes: z.number(),
      maxTotalVolumeGigabytes: z.number(),
      maxTotalSnapshots: z.number(),
      totalVolumesUsed: z.number(),
      totalGigabytesUsed: z.number(),
      totalSnapshotsUsed: z.number(),
    }),
  }),
});

/**
 * Returns what an accept with the same `auth_key` would move. The quota is that of Cinder over all types: those of one
 * type it shows to admins alone.
 *
 * @param auth_key as in `previewTransfer`
 */
export async function previewInCinder(
  context: RequestContext,
  cinder: Cinder,
  transfer_id: string,
  auth_key: string | undefined,
): Promise<{ readonly kind: "previewed"; readonly preview: Preview } | TransferRefusal> {
  const attempt = await startAttempt(context, transfer_id, auth_key);
  if (attempt === undefined) return { kind: "too_many_accepts" };
  const {
    found: [found],
    shown: [shown],
  } = await context.db.write(previewStatements(attempt));
  if (found?.refusal !== null || !shown?.volume) return transferRefusal(context, transfer_id, found);
  const { volume, ...transfer } = shown;
  const { name, description, size, volume_type } = volume;
  const moved = {
    volume_name: name,
    volume_description: description,
    volume_type: volume_type ?? "",
    size,
    snapshots: volume.snapshots.length,
    snapshot_gigabytes: volume.snapshots.reduce((sum, snapshot) => sum + snapshot.size, 0),
  };
  const { project_id } = context.identity;
  const exceeded = exceededBy(project_id, { ...transfer, ...moved }, await readQuota(cinder));
  return { kind: "previewed", preview: { transfer: { ...transfer, ...moved }, exceeded } };
}

/** Reads the quota of the caller's project, over all types; nothing if Cinder does not tell now. */
async function readQuota(cinder: Cinder) {
  const absolute = (await cinder.read("limits", limitsSchema))?.limits.absolute;
  if (absolute === undefined) return [];
  return [
    {
      volume_type: "",
      volumes_limit: absolute.maxTotalVolumes,
      gigabytes_limit: absolute.maxTotalVolumeGigabytes,
      snapshots_limit: absolute.maxTotalSnapshots,
      per_volume_gigabytes_limit: -1,
      volumes_in_use: absolute.totalVolumesUsed,
      gigabytes_in_use: absolute.totalGigabytesUsed,
      snapshots_in_use: absolute.totalSnapshotsUsed,
    },
  ];
}
