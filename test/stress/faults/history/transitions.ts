import { acknowledgementViolations } from "./acknowledged_writes.ts";
import { admits } from "./agreement.ts";
import { attributeViolations } from "./attributes.ts";
import { findAccept, findCreate, findDecline, findDelete, findRekey } from "./match_requests.ts";
import type { AcceptTransfer, DeclineTransfer, Operation, Write } from "./operations.ts";
import { isExpired, type RekeyRow, type TransferRow } from "./tables.ts";
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
 * created, so the rows in the order of `seq` show every change, in order; the events show the new keys.
 *
 * @param initial the state before the first transfer
 * @param rows the transfers of the volume, in the order of `seq`
 * @param operations the requests about the volume
 * @param rekeys the events of new keys, in the order of their commits
 * @returns the transitions, and the violations that the rows show by themselves
 */
export function reconstructTransitions(
  initial: VolumeState,
  rows: readonly TransferRow[],
  operations: readonly Operation[],
  rekeys: readonly RekeyRow[],
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
    let openTransfer: OpenTransfer = {
      id,
      expiresAt: row.expires_at ?? Number.POSITIVE_INFINITY,
      destination: create?.destination,
      keyless: create?.keyless ?? false,
      key: create?.key,
    };
    change(create, { ...state, owner: donor, openTransfer }, `create of ${id} (${row.display_name})`);
    for (const rekey of rekeys.filter(({ transfer_id }) => transfer_id === id)) {
      const cause = findRekey(rekey, operations);
      openTransfer = { ...openTransfer, key: cause?.key };
      change(cause, { ...state, openTransfer }, `rekey of ${id} by ${rekey.request_id}`);
    }
    if (row.deleted_at === null) continue;
    const closed = { ...state, openTransfer: undefined };
    const detail = `${row.accepted ? "accept" : "decline"} of ${id} by ${recipient}`;
    const mayChange = (cause: AcceptTransfer | DeclineTransfer | undefined) => {
      if (cause !== undefined && !admits(openTransfer, cause))
        violations.push({ kind: "accepted or declined without the key", detail });
      return cause;
    };
    if (isExpired(row)) {
      state = closed;
      const earliest = row.deleted_at - CLOCK_TOLERANCE_MS;
      transitions.push({ cause: undefined, earliest, latest: Number.POSITIVE_INFINITY, after: closed });
    } else if (row.accepted) {
      const acceptedTransfers = new Set([...state.acceptedTransfers, id]);
      const cause = mayChange(findAccept(row, operations));
      change(cause, { ...closed, owner: recipient ?? "", acceptedTransfers }, detail);
    } else if (row.ended_as === "declined") {
      change(mayChange(findDecline(row, operations)), closed, detail);
    } else {
      change(findDelete(row, operations), closed, `delete of ${id}`);
    }
  }
  return {
    transitions,
    violations: [...violations, ...acknowledgementViolations(rows, operations, rekeys)],
  };
}

/** Returns when an operation must have taken effect. One of unknown outcome may take effect at any time. */
export const deadlineOf = ({ outcome, completed }: Operation): number =>
  outcome === "unknown" ? Number.POSITIVE_INFINITY : completed;
