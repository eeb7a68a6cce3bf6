import { ownershipViolations, usageViolations } from "./final_state.ts";
import { findUnplaceable } from "./linearization.ts";
import { formatOperation, type Operation } from "./operations.ts";
import type { RekeyRow, Tables, TransferRow } from "./tables.ts";
import { reconstructTransitions } from "./transitions.ts";
import type { Violation } from "./violation.ts";
import type { VolumeState } from "./volume_state.ts";

/**
 * Checks that a history is linearizable, and that the final content of the database agrees with it: each volume had
 * one owner at all times, each acknowledged write took effect once, each write of unknown outcome took effect once or
 * not at all, and one order of the requests explains every response.
 *
 * @param before the database before the first request; it has no transfers
 * @param operations all requests and their responses, in any order
 * @param after the database after the last request
 * @returns the violations; empty if the history is correct
 */
export function checkHistory(before: Tables, operations: readonly Operation[], after: Tables): Violation[] {
  const transfersByVolume = Map.groupBy(
    after.transfers.toSorted((a, b) => a.seq - b.seq),
    (row) => row.volume_id,
  );
  const operationsByVolume = Map.groupBy(operations, (operation) => operation.volume);
  return [
    ...before.volumes.flatMap(({ id, project_id }) => {
      const initial = { owner: project_id, openTransfer: undefined, acceptedTransfers: new Set<string>() };
      const rows = transfersByVolume.get(id) ?? [];
      return checkVolume(initial, rows, operationsByVolume.get(id) ?? [], after.rekeys);
    }),
    ...ownershipViolations(before, after),
    ...usageViolations(after),
  ];
}

function checkVolume(
  initial: VolumeState,
  rows: readonly TransferRow[],
  operations: readonly Operation[],
  rekeys: readonly RekeyRow[],
): readonly Violation[] {
  const { transitions, violations } = reconstructTransitions(initial, rows, operations, rekeys);
  // With a transition missing, no order explains the responses. Only the cause is worth reporting.
  if (violations.length > 0) return violations;
  const effective = new Set<Operation>(transitions.flatMap(({ cause = [] }) => cause));
  const observations = operations.filter(
    // A 503 shows nothing of the volume.
    (operation) => operation.outcome !== "unknown" && operation.status < 500 && !effective.has(operation),
  );
  const unplaceable = findUnplaceable(initial, transitions, observations);
  if (unplaceable === undefined) return [];
  const detail = `volume ${unplaceable.volume}: ${formatOperation(unplaceable)}`;
  return [{ kind: "not linearizable", detail }];
}
