import { projectOf } from "../db/scope.ts";
import type { RequestContext } from "../http/context.ts";
import { invalid, notFound, overLimit } from "../http/faults.ts";
import { scopeOf } from "../identity/identity.ts";
import { defaultLimits, exceededQuota } from "../quotas/room.ts";
import { createStatements } from "./create.sql.ts";
import type { Snapshot } from "./rows.sql.ts";

/** What the body of a create contains. */
type SnapshotInput = Pick<Snapshot, "volume_id" | "display_name" | "display_description" | "metadata">;

/**
 * Creates a snapshot of a volume (API reference, "Create a snapshot").
 *
 * @param force whether the volume may be in use
 * @throws Fault 404 if there is no such volume, 400 if its status forbids it, 413 if the quota has no room
 */
export async function createSnapshot(
  { db, config, identity }: RequestContext,
  input: SnapshotInput,
  force: boolean,
): Promise<Snapshot> {
  const { project_id, user_id } = identity;
  const statuses = force ? ["available", "in-use"] : ["available"];
  const {
    created: [created],
    volume: [volume],
    quota,
  } = await db.write(
    createStatements(
      {
        ...input,
        id: crypto.randomUUID(),
        project_id,
        user_id,
        metadata: JSON.stringify(input.metadata),
        volume_project_id: projectOf(scopeOf(identity)),
        ...defaultLimits(config.defaultQuota),
      },
      statuses,
    ),
  );
  if (created !== undefined) return created;
  if (volume === undefined) throw notFound("Volume", input.volume_id);
  if (!statuses.includes(volume.status)) {
    throw invalid(
      "volume",
      `Volume ${input.volume_id} status must be ${statuses.join(", ")}, but current status is: ${volume.status}.`,
    );
  }
  const request = { volumes: 0, gigabytes: volume.size, snapshots: 1, volume_size: 0 };
  const { exception, message } = exceededQuota(quota, request);
  throw overLimit(`${exception}: ${message}`);
}
