import type { Operation } from "./operations.ts";
import type { State, Step } from "./transitions.ts";

/**
 * Looks for an order of all that was asked about a volume in which each request stands between its beginning and its
 * end, and each answer is right. The changes have their order from the tables. What changes nothing fits wherever the
 * state is as it says, and the earliest such place leaves most room for the rest: so no choice need be taken back.
 *
 * @param observations requests that changed nothing, and were answered; or repeat an accept
 * @returns the first for which there is no place, or undefined if there is for all
 */
export function firstWithoutPlace(
  initial: State,
  steps: readonly Step[],
  observations: readonly Operation[],
): Operation | undefined {
  const pending = new Set(observations.toSorted((a, b) => a.completed - b.completed));
  let state = initial;
  for (let next = 0; ; next++) {
    const others = steps.slice(next).map(({ by }) => by);
    let placed: boolean;
    do {
      placed = false;
      const end = Math.min(...[...pending, ...others].map(latest));
      for (const observation of pending) {
        if (observation.invoked <= end && agrees(observation, state)) {
          pending.delete(observation);
          placed = true;
        }
      }
    } while (placed);
    const step = steps[next];
    const [first] = pending;
    if (step === undefined) return first;
    const end = Math.min(...[...pending, ...others].map(latest));
    if (step.by.invoked > end) return [...pending, ...others].find((operation) => latest(operation) === end);
    state = step.after;
  }
}

/** When it had taken effect, if it did. A request that nobody knows the outcome of may do so at any time. */
const latest = ({ outcome, completed }: Operation): number =>
  outcome === "unknown" ? Number.POSITIVE_INFINITY : completed;

/** Whether an answer is right in a state. */
export function agrees(operation: Operation, { owner, open, accepted }: State): boolean {
  const { project, status } = operation;
  const owns = owner === project;
  switch (operation.kind) {
    case "read volume": {
      const { seen } = operation;
      if (seen === undefined) return !owns;
      return owns && seen.volumeStatus === (open === undefined ? "available" : "awaiting-transfer");
    }
    case "read offer": {
      const { seen, transfer } = operation;
      const shown = owns && open !== undefined && (transfer ?? open) === open ? open : undefined;
      return seen?.transfer === shown;
    }
    case "offer":
      return status === 404 ? !owns : status === 400 && owns && open !== undefined;
    case "delete":
      return status === 404 && !(owns && open === operation.transfer);
    case "accept":
      if (operation.outcome === "done") return accepted.has(operation.transfer);
      return status === 404 && open !== operation.transfer;
  }
}
