import type { RequestContext } from "../http/context.ts";
import type { Exceeded } from "../quotas/room.ts";
import { attemptRefusal, exceededBy, startAttempt } from "./attempt.ts";
import type { AttemptRefusal } from "./faults.ts";
import { previewStatements } from "./preview.sql.ts";
import type { Moved, Transfer } from "./rows.sql.ts";

/** The volume and the snapshots that an accept would move. */
export interface Preview {
  readonly transfer: Transfer & Moved;
  /** The quota of the caller's project that has no room; undefined if all have. */
  readonly exceeded: Exceeded | undefined;
}

/**
 * Returns what an accept with the same `auth_key` would move to the caller's project. Changes nothing, except that a
 * wrong key counts as it does at accept.
 *
 * @param auth_key undefined if the request has none: the transfer must then be for the caller's project, and need none
 * @returns what would move; or why an accept would be refused, except that a quota without room is part of the preview
 */
export async function previewTransfer(
  request: RequestContext,
  transfer_id: string,
  auth_key: string | undefined,
): Promise<{ readonly kind: "previewed"; readonly preview: Preview } | AttemptRefusal> {
  const attempt = await startAttempt(request, transfer_id, auth_key);
  if (attempt === undefined) return { kind: "too_many_accepts" };
  const {
    transfer: [found],
    shown: [shown],
    quota,
  } = await request.db.write(previewStatements(attempt));
  if (found?.refusal !== null || shown === undefined) {
    return attemptRefusal(request, transfer_id, found, quota);
  }
  const { snapshots, snapshot_gigabytes } = found;
  const preview = {
    transfer: { ...shown, snapshots, snapshot_gigabytes },
    exceeded: exceededBy(request.identity.project_id, found, quota),
  };
  return { kind: "previewed", preview };
}
