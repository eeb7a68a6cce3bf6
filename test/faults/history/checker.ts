import { afterTransfers, usageOf } from "./final_state.ts";
import { firstWithoutPlace } from "./linearization.ts";
import type { Operation, Tables, TransferRow, Violation } from "./operations.ts";
import { inWords, type State, stepsOf } from "./transitions.ts";

/**
 * Checks what a workload was told against what it has left behind.
 *
 * @param before the tables when it began: no transfer in them
 * @param operations all requests and answers, in any order
 * @param after the tables at the end
 * @returns what is wrong; nothing where each volume had one owner at all times, each change that was acknowledged took
 *   effect once, each that was not once or not at all, and some order of the requests explains every answer
 */
export function check(before: Tables, operations: readonly Operation[], after: Tables): Violation[] {
  const rowsOf = Map.groupBy(
    after.transfers.toSorted((a, b) => a.seq - b.seq),
    (row) => row.volume_id,
  );
  const operationsOf = Map.groupBy(operations, (operation) => operation.volume);
  return [
    ...before.volumes.flatMap(({ id, project_id }) => {
      const initial = { owner: project_id, open: undefined, accepted: new Set<string>() };
      return checkVolume(initial, rowsOf.get(id) ?? [], operationsOf.get(id) ?? []);
    }),
    ...afterTransfers(before, after),
    ...usageOf(after),
  ];
}

function checkVolume(
  initial: State,
  rows: readonly TransferRow[],
  operations: readonly Operation[],
): Violation[] {
  const { steps, violations } = stepsOf(initial, rows, operations);
  const effective = new Set<Operation>(steps.map(({ by }) => by));
  const observations = operations.filter(
    (operation) => operation.outcome !== "unknown" && !effective.has(operation),
  );
  // Where a change is missing, no order can be right.
  if (violations.length > 0) return [...violations];
  const misfit = firstWithoutPlace(initial, steps, observations);
  return misfit === undefined
    ? []
    : [{ kind: "no order explains the answers", detail: `volume ${misfit.volume}: ${inWords(misfit)}` }];
}
