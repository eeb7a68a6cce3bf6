import { acknowledgementViolations } from "./acknowledged_writes.ts";
import { attributeViolations } from "./attributes.ts";
import { findAccept, findCreate, findDelete } from "./match_requests.ts";
import type { Operation, Write } from "./operations.ts";
import { isExpired, type TransferRow } from "./tables.ts";
import type { Violation } from "./violation.ts";
import { CLOCK_TOLERANCE_MS, type OpenTransfer, type VolumeState } from "./volume_state.ts";

/** A committed change of a volume. */
export interface Transition {
  /** The request that has made the change; undefined if an expired transfer was closed. */
  readonly cause: Write | undefined;
  /** The change was not committed before this time, in milliseconds since the epoch. */
  readonly earliest: number;
  /** The change was committed by this time; infinite if unknown. */
  readonly latest: number;
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
    state = after;
    if (cause === undefined) violations.push({ kind: "change without a request", detail });
    else if (cause.outcome === "fail") violations.push({ kind: "failed request took effect", detail });
    else transitions.push({ cause, earliest: cause.invoked, latest: deadlineOf(cause), after });
  };
  for (const row of rows) {
    const { id, source_project_id: donor, destination_project_id: recipient } = row;
    const create = findCreate(row, operations);
    violations.push(...attributeViolations(row, create));
    const openTransfer: OpenTransfer = {
      id,
      expiresAt: row.expires_at ?? Number.POSITIVE_INFINITY,
      destination: create?.destination,
    };
    change(create, { ...state, owner: donor, openTransfer }, `create of ${id} (${row.display_name})`);
    if (row.deleted_at === null) continue;
    const closed = { ...state, openTransfer: undefined };
    if (isExpired(row)) {
      state = closed;
      const earliest = row.deleted_at - CLOCK_TOLERANCE_MS;
      transitions.push({ cause: undefined, earliest, latest: Number.POSITIVE_INFINITY, after: closed });
    } else if (row.accepted) {
      const acceptedTransfers = new Set([...state.acceptedTransfers, id]);
      change(
        findAccept(row, operations),
        { ...closed, owner: recipient ?? "", acceptedTransfers },
        `accept of ${id} by ${recipient}`,
      );
    } else {
      change(findDelete(row, operations), closed, `delete of ${id}`);
    }
  }
  return { transitions, violations: [...violations, ...acknowledgementViolations(rows, operations)] };
}

/** Returns when an operation must have taken effect. One of unknown outcome may take effect at any time. */
export const deadlineOf = ({ outcome, completed }: Operation): number =>
  outcome === "unknown" ? Number.POSITIVE_INFINITY : completed;
