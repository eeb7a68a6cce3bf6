import { agrees } from "./agreement.ts";
import type { Operation } from "./operations.ts";
import { deadlineOf, type Transition } from "./transitions.ts";
import type { VolumeState } from "./volume_state.ts";

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
    const remaining = transitions.slice(next);
    placeObservations(pending, remaining, state);
    const [transition] = remaining;
    if (transition === undefined) return pending.values().next().value;
    const deadline = earliestDeadline(pending, remaining);
    if (transition.earliest > deadline) return findByDeadline(pending, remaining, deadline);
    state = transition.after;
  }
}

/** Removes every observation that can stand at this state from `pending`. */
function placeObservations(
  pending: Set<Operation>,
  transitions: readonly Transition[],
  state: VolumeState,
): void {
  for (let before = Number.POSITIVE_INFINITY; pending.size < before; ) {
    before = pending.size;
    const deadline = earliestDeadline(pending, transitions);
    for (const observation of pending) {
      if (observation.invoked <= deadline && agrees(observation, state)) pending.delete(observation);
    }
  }
}

/** Returns the time before which the next operation must stand: an operation that was invoked later comes later. */
const earliestDeadline = (pending: Iterable<Operation>, transitions: readonly Transition[]): number =>
  Math.min(...[...pending].map(deadlineOf), ...transitions.map(({ latest }) => latest));

/** Finds the operation whose deadline has passed. A transition without a cause has no deadline. */
const findByDeadline = (
  pending: Iterable<Operation>,
  transitions: readonly Transition[],
  deadline: number,
): Operation | undefined =>
  [...pending, ...transitions.flatMap(({ cause = [] }) => cause)].find(
    (operation) => deadlineOf(operation) === deadline,
  );
