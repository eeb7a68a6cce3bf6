import type { Operation } from "./operations.ts";
import type { Transition, VolumeState } from "./transitions.ts";

/**
 * Looks for a linearization of the operations on one volume: an order in which each operation stands between its
 * invocation and its completion, and each response is correct.
 *
 * The order of the transitions is known from the database. An observation changes nothing, so it fits wherever its
 * response agrees with the state. The earliest such place restricts the other operations least. The search is
 * therefore greedy and never backtracks.
 *
 * @param transitions the changes of the volume, in the order in which they were committed
 * @param observations completed operations that changed nothing: reads, refused writes and repeated accepts
 * @returns an operation that fits nowhere, or undefined if the history is linearizable
 */
export function findUnplaceable(
  initial: VolumeState,
  transitions: readonly Transition[],
  observations: readonly Operation[],
): Operation | undefined {
  const pending = new Set(observations.toSorted((a, b) => a.completed - b.completed));
  let state = initial;
  for (let next = 0; ; next++) {
    const writes = transitions.slice(next).map(({ cause }) => cause);
    placeObservations(pending, writes, state);
    const transition = transitions[next];
    if (transition === undefined) return pending.values().next().value;
    const deadline = earliestDeadline(pending, writes);
    if (transition.cause.invoked > deadline) {
      return [...pending, ...writes].find((operation) => deadlineOf(operation) === deadline);
    }
    state = transition.after;
  }
}

/** Removes every observation that can stand at this state from `pending`. */
function placeObservations(pending: Set<Operation>, writes: readonly Operation[], state: VolumeState): void {
  for (let remaining = Number.POSITIVE_INFINITY; pending.size < remaining; ) {
    remaining = pending.size;
    const deadline = earliestDeadline(pending, writes);
    for (const observation of pending) {
      if (observation.invoked <= deadline && agrees(observation, state)) pending.delete(observation);
    }
  }
}

/** Returns the time before which the next operation must stand: an operation that was invoked later comes later. */
const earliestDeadline = (pending: Iterable<Operation>, writes: readonly Operation[]): number =>
  Math.min(...[...pending, ...writes].map(deadlineOf));

/** Returns when an operation must have taken effect. One of unknown outcome may take effect at any time. */
const deadlineOf = ({ outcome, completed }: Operation): number =>
  outcome === "unknown" ? Number.POSITIVE_INFINITY : completed;

/** Returns whether the response of an observation is correct in a state. */
function agrees(operation: Operation, { owner, openTransfer, acceptedTransfers }: VolumeState): boolean {
  const { project, status } = operation;
  const owns = owner === project;
  switch (operation.kind) {
    case "show volume": {
      const { seen } = operation;
      if (seen === undefined) return !owns;
      return owns && seen.volumeStatus === (openTransfer === undefined ? "available" : "awaiting-transfer");
    }
    case "show transfer": {
      const { seen, transfer } = operation;
      const visible =
        owns && (transfer === undefined || transfer === openTransfer) ? openTransfer : undefined;
      return seen?.transfer === visible;
    }
    case "create":
      return status === 404 ? !owns : status === 400 && owns && openTransfer !== undefined;
    case "delete":
      return status === 404 && !(owns && openTransfer === operation.transfer);
    case "accept":
      // A repeated accept, acknowledged by its Idempotency-Key.
      if (operation.outcome === "ok") return acceptedTransfers.has(operation.transfer);
      return status === 404 && openTransfer !== operation.transfer;
  }
}
