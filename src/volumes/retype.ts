import { ALL_TYPES } from "../db/schema/index.ts";
import { projectOf } from "../db/statements/scope.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { invalid, notFound, overLimit } from "../http/faults.ts";
import { defaultLimits, overQuota } from "../quotas/room.ts";
import { retypeStatements } from "./retype.sql.ts";
import { volumeTypeNotFound } from "./volume_type_not_found.ts";

const NOT_MOVABLE =
  "Retype needs volume to be in available or in-use state, not be part of an active migration or a consistency group, " +
  "requested type has to be different that the one from the volume, and for in-use volumes front-end qos specs cannot " +
  "change.";

/**
 * Changes the type of a volume (API reference, "Retype a volume"). There is no back end, so that it needs no migration.
 *
 * @param type the name or the id of the new type
 * @throws Fault 404 if there is no volume that the caller may see, or no type that it may use, 413 if the project's
 *   quota of the type has no room, 400 if the volume's status, its group or the encryption of the type forbids it
 */
export async function retypeVolume(
  { db, config, identity }: RequestContext,
  id: string,
  type: string,
): Promise<void> {
  const {
    retyped,
    seen: [seen],
    quota,
  } = await db.write(
    retypeStatements({
      id,
      type,
      project_id: projectOf(scopeOf(identity)),
      ...defaultLimits(config.defaultQuota),
    }),
  );
  if (retyped.length > 0) return;
  // The first rule that is broken, in Cinder's order.
  if (seen === undefined) throw notFound("Volume", id);
  if (seen.type === null) throw volumeTypeNotFound(type);
  const { gigabytes, snapshots } = seen;
  const states = quota.filter(({ volume_type }) => volume_type !== ALL_TYPES);
  const exceeded = overQuota(states, { volumes: 1, gigabytes, snapshots, volume_size: 0 });
  if (exceeded) throw overLimit(`${exceeded.exception}: ${exceeded.message}`);
  if (!seen.movable || seen.type === seen.old_type) throw invalid("volume", NOT_MOVABLE);
  throw invalid("volume", "Retype requires migration but is not allowed.");
}
