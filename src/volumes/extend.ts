import { projectOf } from "../db/statements/scope.ts";
import { repr } from "../dialect/python_repr.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { invalid, notFound } from "../http/faults.ts";
import { defaultLimits, overQuota, quotaFault } from "../quotas/room.ts";
import { extendStatements } from "./extend.sql.ts";

/**
 * Makes a volume larger (API reference, "Extend a volume size").
 *
 * @param new_size GiB
 * @param inUse whether a volume that is in use may grow
 * @throws Fault 404 if there is none that the caller may see, or its project may no longer use its type, 400 if its size
 *   or status forbids it, 413 if the quota of its project has no room
 */
export async function extendVolume(
  { db, config, identity }: RequestContext,
  id: string,
  new_size: number,
  inUse: boolean,
): Promise<void> {
  const {
    extended,
    volume: [volume],
    quota,
  } = await db.write(
    extendStatements(
      {
        id,
        project_id: projectOf(scopeOf(identity)),
        new_size,
        ...defaultLimits(config.defaultQuota),
      },
      inUse ? ["available", "in-use"] : ["available"],
    ),
  );
  if (extended.length > 0) return;
  if (volume === undefined) throw notFound("Volume", id);
  const { status, size } = volume;
  if (new_size <= size) {
    const sizes = `(current: ${size}, extended: ${new_size})`;
    throw invalid("input received", `New size for extend must be greater than current size. ${sizes}.`);
  }
  if (status !== "available" && !(inUse && status === "in-use")) {
    const expected = repr({ status: "available" });
    throw invalid("volume", `Volume ${id} status must be '${expected}' to extend, currently ${status}.`);
  }
  const needed = { volumes: 0, gigabytes: new_size - size, snapshots: 0, volume_size: new_size };
  const tooLarge = overQuota(quota, { ...needed, gigabytes: 0 });
  if (volume.forbidden_type !== null && tooLarge === undefined) {
    throw notFound("Volume type", volume.forbidden_type);
  }
  throw quotaFault(quota, needed);
}
