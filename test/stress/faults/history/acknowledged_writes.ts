import { findAccept, findDecline, findDelete } from "./match_requests.ts";
import { formatOperation, type Operation, type RekeyTransfer, type Write } from "./operations.ts";
import { isExpired, type RekeyRow, type TransferRow } from "./tables.ts";
import type { Violation } from "./violation.ts";

/**
 * Finds acknowledged writes that are not in the database, and writes that took effect twice.
 *
 * @param rows the transfers of one volume
 * @param operations the requests about that volume
 * @param rekeys the events of new keys
 */
export function acknowledgementViolations(
  rows: readonly TransferRow[],
  operations: readonly Operation[],
  rekeys: readonly RekeyRow[],
): Violation[] {
  const rowById = new Map(rows.map((row) => [row.id, row]));
  const violations: Violation[] = [];
  for (const operation of operations) {
    if (operation.outcome !== "ok" || !isWrite(operation)) continue;
    const row = operation.transfer === undefined ? undefined : rowById.get(operation.transfer);
    const kind =
      operation.kind === "rekey"
        ? rekeyContradiction(operation, rekeys)
        : contradiction(operation, row, operations);
    if (kind !== undefined) violations.push({ kind, detail: formatOperation(operation) });
  }
  for (const [name, sameName] of Map.groupBy(rows, (row) => row.display_name)) {
    if (sameName.length === 1) continue;
    const detail = `${name}: ${sameName.map(({ id }) => id).join(", ")}`;
    violations.push({ kind: "duplicate create", detail });
  }
  return violations;
}

const isWrite = (operation: Operation): operation is Write =>
  operation.kind !== "show volume" && operation.kind !== "show transfer";

/** Returns how the events contradict an acknowledged new key, or undefined if they agree. */
function rekeyContradiction(
  { requestId }: RekeyTransfer,
  rekeys: readonly RekeyRow[],
): Violation["kind"] | undefined {
  const count = rekeys.filter(({ request_id }) => request_id === requestId).length;
  if (count === 1) return undefined;
  return count === 0 ? "lost rekey" : "duplicate rekey";
}

/** Returns how the final row contradicts an acknowledged write, or undefined if it agrees. */
function contradiction(
  operation: Exclude<Write, RekeyTransfer>,
  row: TransferRow | undefined,
  operations: readonly Operation[],
): Violation["kind"] | undefined {
  switch (operation.kind) {
    case "create":
      return row?.display_name === operation.name ? undefined : "lost create";
    case "accept": {
      if (row?.accepted !== true) return "lost accept";
      const sameKey =
        operation.idempotencyKey !== undefined && operation.idempotencyKey === row.idempotency_key;
      if (sameKey && operation.project === row.destination_project_id) return undefined;
      return operation === findAccept(row, operations) ? undefined : "duplicate accept";
    }
    case "decline":
      if (row?.ended_as !== "declined") return "lost decline";
      return operation === findDecline(row, operations) ? undefined : "duplicate decline";
    case "delete":
      if (
        row === undefined ||
        row.deleted_at === null ||
        row.accepted ||
        row.ended_as !== null ||
        isExpired(row)
      )
        return "lost delete";
      return operation === findDelete(row, operations) ? undefined : "duplicate delete";
  }
}
