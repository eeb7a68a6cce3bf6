import { repr, str } from "../dialect/python_repr.ts";
import { scopeOf } from "../http/caller.ts";
import type { RequestContext } from "../http/context.ts";
import { badRequest, notFound } from "../http/faults.ts";
import { RESET_STATUSES, type ResetField } from "./statuses.ts";
import { detachStatements, type Requirement, updateStatements, type VolumeChanges } from "./update.sql.ts";

/** The statuses to set; one that is empty or left out stays. */
type Reset = { readonly [Field in ResetField]?: string | null | undefined };

const FIELDS = ["status", "attach_status", "migration_status"] as const;

/**
 * Sets the statuses of a volume (API reference, "Reset a volume's statuses").
 *
 * @throws Fault 400 for an unknown status, for `deleting`, and for `in-use` if the volume has no attachment; 404 if
 *   there is no such volume
 */
export async function resetVolumeStatus(
  { db, identity }: RequestContext,
  id: string,
  asked: Reset,
): Promise<void> {
  const [status, attach_status, migration_status] = FIELDS.map((field) => parseStatus(field, asked[field]));
  const changes: VolumeChanges = {
    ...(status !== undefined && { status }),
    ...(attach_status === "attached" && { attach_status }),
    ...(migration_status !== undefined && {
      migration_status: migration_status === "none" ? null : migration_status,
    }),
  };
  const statements = attach_status === "detached" ? detachStatements : updateStatements;
  const {
    updated,
    volume: [volume],
  } = await db.write(statements(id, scopeOf(identity), changes, requirementOf(status)));
  if (volume === undefined) throw notFound("Volume", id);
  if (updated.length > 0) return;
  const reason = status === "in-use" ? " because volume does not have any attachments." : "";
  throw badRequest(`Cannot reset-state to ${status}${reason}`);
}

/** Returns the conditions under which a status may be set. */
function requirementOf(status: string | undefined): Requirement {
  if (status === "in-use") return { attached: true };
  // Cinder deletes the volume itself: no volume may be said to be.
  return status === "deleting" ? { statuses: [] } : {};
}

const NAMES = { status: "status", attach_status: "attach status", migration_status: "migration status" };

function parseStatus(field: ResetField, asked: string | null | undefined): string | undefined {
  if (!asked) return undefined;
  const statuses: readonly string[] = RESET_STATUSES[field];
  const status = asked.toLowerCase();
  if (statuses.includes(status)) return status;
  const valid = statuses.map((each) => repr(each)).join(", ");
  const list = field === "attach_status" ? `[${valid}]` : `(${valid})`;
  throw badRequest(`Volume ${NAMES[field]}: ${str(asked, false)} is invalid, valid statuses are: ${list}.`);
}
