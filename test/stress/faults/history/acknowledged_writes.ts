import { findAccept, findDelete } from "./match_requests.ts";
import { formatOperation, type Operation, type Write } from "./operations.ts";
import { isExpired, type TransferRow } from "./tables.ts";
import type { Violation } from "./violation.ts";

/**
 * Finds acknowledged writes that are not in the database, and writes that took effect twice.
 *
 * @param rows the transfers of one volume
 * @param operations the requests about that volume
 */
export function acknowledgementViolations(
  rows: readonly TransferRow[],
  operations: readonly Operation[],
): Violation[] {
  const rowById = new Map(rows.map((row) => [row.id, row]));
  const violations: Violation[] = [];
  for (const operation of operations) {
    if (operation.outcome !== "ok" || !isWrite(operation)) continue;
    const row = operation.transfer === undefined ? undefined : rowById.get(operation.transfer);
    const kind = contradiction(operation, row, operations);
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
  operation.kind === "create" || operation.kind === "accept" || operation.kind === "delete";

/** Returns how the final row contradicts an acknowledged write, or undefined if it agrees. */
function contradiction(
  operation: Write,
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
    case "delete":
      if (row === undefined || row.deleted_at === null || row.accepted || isExpired(row))
        return "lost delete";
      return operation === findDelete(row, operations) ? undefined : "duplicate delete";
  }
}
