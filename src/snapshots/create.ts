import { projectOf } from "../db/statements/scope.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, invalid, notFound } from "../http/faults.ts";
import { idOfName, type Reference } from "../http/reference.ts";
import { defaultLimits, quotaFault } from "../quotas/room.ts";
import { createStatements } from "./create.sql.ts";
import type { Snapshot } from "./rows.sql.ts";

/** The body of a create. */
type SnapshotInput = Pick<Snapshot, "volume_id" | "display_name" | "display_description" | "metadata">;

/**
 * Creates a snapshot of a volume (API reference, "Create a snapshot").
 *
 * @param force whether the volume may be in use
 * @param reference the name of the snapshot's storage in the back end, if it exists
 * @throws Fault 404 if there is no such volume, or its project may no longer use its type, 400 if its status forbids it
 *   or if a snapshot has the storage already, 413 if the quota has no room
 */
export async function createSnapshot(
  { db, config, identity }: RequestContext,
  input: SnapshotInput,
  force: boolean,
  reference?: Reference,
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
        ...(reference !== undefined && {
          managed_reference: JSON.stringify(reference),
          named_id: idOfName(reference, "_?snapshot-"),
        }),
        ...defaultLimits(config.defaultQuota),
      },
      statuses,
    ),
  );
  if (created !== undefined) return created;
  if (volume === undefined) throw notFound("Volume", input.volume_id);
  if (volume.status === "maintenance" || volume.status === "error") {
    const state = volume.status === "error" ? "error status" : "maintenance mode";
    throw invalid("volume", `The snapshot cannot be created when the volume is in ${state}.`);
  }
  if (!statuses.includes(volume.status)) {
    throw invalid(
      "volume",
      `Volume ${input.volume_id} status must be ${statuses.join(", ")}, but current status is: ${volume.status}.`,
    );
  }
  if (volume.managed) {
    throw badRequest("Unable to manage existing snapshot. The snapshot is already managed");
  }
  if (volume.forbidden_type !== null) throw notFound("Volume type", volume.forbidden_type);
  throw quotaFault(quota, { volumes: 0, gigabytes: volume.size, snapshots: 1, volume_size: 0 });
}
