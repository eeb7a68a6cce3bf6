import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { invalid, notFound } from "../http/faults.ts";
import { unreserveStatements, updateStatements } from "./update.sql.ts";

/**
 * Reserves a volume for an attachment (API reference, "Reserve volume"). Until it is unreserved it cannot be offered.
 *
 * @throws Fault 404 if there is none that the caller may see, 400 if it is not available
 */
export async function reserveVolume({ db, identity }: RequestContext, id: string): Promise<void> {
  const {
    updated,
    volume: [volume],
  } = await db.write(
    updateStatements(id, scopeOf(identity), { status: "attaching" }, { statuses: ["available"] }),
  );
  if (volume === undefined) throw notFound("Volume", id);
  if (updated.length > 0) return;
  throw invalid("volume", `Volume status must be available to reserve, but the status is ${volume.status}.`);
}

/**
 * Ends the reservation of a volume (API reference, "Unreserve volume"). A volume that is not reserved stays as it is.
 *
 * @throws Fault 404 if there is none that the caller may see
 */
export async function unreserveVolume({ db, identity }: RequestContext, id: string): Promise<void> {
  const {
    volume: [volume],
  } = await db.write(unreserveStatements(id, scopeOf(identity)));
  if (volume === undefined) throw notFound("Volume", id);
}
