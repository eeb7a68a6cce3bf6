import type { CreateTransfer } from "./operations.ts";
import { isExpired, type TransferRow } from "./tables.ts";
import type { Violation } from "./violation.ts";

/**
 * Finds contradictions between a transfer and the request that has created it: another expiry or destination, an
 * accept by another project than the destination, or a closure on the wrong side of the expiry. Both times are of the
 * database's clock.
 */
export function attributeViolations(row: TransferRow, create: CreateTransfer | undefined): Violation[] {
  if (create === undefined) return [];
  const { expiresAt = null, destination = null } = create;
  const kinds: Violation["kind"][] = [];
  // Who accepts or declines becomes the destination.
  const chosen = row.accepted || row.ended_as === "declined";
  const sameDestination = chosen || row.destination_project_id === destination;
  if (row.expires_at !== expiresAt || !sameDestination) kinds.push("transfer differs from its request");
  if (chosen && destination !== null && row.destination_project_id !== destination) {
    kinds.push("wrong recipient");
  }
  if (row.deleted_at !== null && row.expires_at !== null) {
    const afterExpiry = row.deleted_at >= row.expires_at;
    if (isExpired(row) && !afterExpiry) kinds.push("expired too early");
    if (!isExpired(row) && afterExpiry) kinds.push("closed after its expiry");
  }
  return kinds.map((kind) => ({ kind, detail: `transfer ${row.id}: ${JSON.stringify(row)}` }));
}
