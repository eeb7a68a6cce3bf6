import { acknowledgementViolations } from "./acknowledged_writes.ts";
import { findAccept, findCreate, findDelete } from "./match_requests.ts";
import type { Operation, Write } from "./operations.ts";
import type { TransferRow } from "./tables.ts";
import type { Violation } from "./violation.ts";

/** The state of a volume between two transitions. */
export interface VolumeState {
  readonly owner: string;
  /** The id of the open transfer; undefined without one. */
  readonly openTransfer: string | undefined;
  /** The ids of the transfers that were accepted so far. */
  readonly acceptedTransfers: ReadonlySet<string>;
}

/** A committed change of a volume. */
export interface Transition {
  /** The request that has made the change. */
  readonly cause: Write;
  readonly after: VolumeState;
}

/**
 * Reconstructs the changes of a volume from its rows in `transfers`. A transfer is closed before the next one is
 * created, so the rows in the order of `seq` show every change, in order.
 *
 * @param initial the state before the first transfer
 * @param rows the transfers of the volume, in the order of `seq`
 * @param operations the requests about the volume
 * @returns the transitions, and the violations that the rows show by themselves
 */
export function reconstructTransitions(
  initial: VolumeState,
  rows: readonly TransferRow[],
  operations: readonly Operation[],
): { readonly transitions: readonly Transition[]; readonly violations: readonly Violation[] } {
  const violations: Violation[] = [];
  const transitions: Transition[] = [];
  let state = initial;
  const change = (cause: Write | undefined, after: VolumeState, detail: string): void => {
    if (cause === undefined) violations.push({ kind: "change without a request", detail });
    else if (cause.outcome === "fail") violations.push({ kind: "failed request took effect", detail });
    else transitions.push({ cause, after });
    state = after;
  };
  for (const row of rows) {
    const { id, source_project_id: donor, destination_project_id: recipient } = row;
    change(
      findCreate(row, operations),
      { ...state, owner: donor, openTransfer: id },
      `create of ${id} (${row.display_name})`,
    );
    if (!row.deleted) continue;
    if (row.accepted) {
      const acceptedTransfers = new Set([...state.acceptedTransfers, id]);
      change(
        findAccept(row, operations),
        { owner: recipient ?? "", openTransfer: undefined, acceptedTransfers },
        `accept of ${id} by ${recipient}`,
      );
    } else {
      change(findDelete(row, operations), { ...state, openTransfer: undefined }, `delete of ${id}`);
    }
  }
  return { transitions, violations: [...violations, ...acknowledgementViolations(rows, operations)] };
}
