import type { RequestContext } from "../http/context.ts";
import { notFound } from "../http/faults.ts";
import type { Exceeded } from "../quotas/room.ts";
import { exceededBy, requireKey, startAttempt, statusFault } from "./attempt.ts";
import { previewStatements } from "./preview.sql.ts";
import type { Transfer } from "./rows.sql.ts";

/** What an accept would move. */
export interface Preview {
  readonly transfer: Transfer;
  readonly volume: {
    readonly name: string | null;
    readonly description: string | null;
    readonly type: string;
  };
  /** GiB. */
  readonly size: number;
  /** The snapshots that move with the volume. */
  readonly snapshots: { readonly count: number; readonly gigabytes: number };
  /** The quota of the caller's project that has no room; undefined if all have. */
  readonly exceeded: Exceeded | undefined;
}

/**
 * Returns what an accept with the same `auth_key` would move to the caller's project. Changes nothing, except that a
 * wrong key counts as it does at accept.
 *
 * @throws Fault as `acceptTransfer` does, except that a quota without room is part of the result
 */
export async function previewTransfer(
  request: RequestContext,
  transfer_id: string,
  auth_key: string,
): Promise<Preview> {
  const { db, identity } = request;
  const {
    offer: [found],
    transfer: [transfer],
    volume: [volume],
    quota,
  } = await db.write(previewStatements(await startAttempt(request, transfer_id, auth_key)));
  const offer = requireKey(request, transfer_id, found);
  const fault = statusFault(transfer_id, offer);
  if (fault !== undefined) throw fault;
  // The transfer can expire between two statements.
  if (transfer === undefined || volume === undefined) throw notFound("Transfer", transfer_id);
  return {
    transfer,
    volume: { name: volume.display_name, description: volume.display_description, type: volume.type },
    size: offer.size,
    snapshots: { count: offer.snapshots, gigabytes: offer.snapshot_gigabytes },
    exceeded: exceededBy(identity.project_id, offer, quota),
  };
}
